import HummingbirdCore
import ServiceKit

/// Where a request goes: a path and a query in one spelling, so that every reader behind the gateway sees the same.
struct RequestTarget: Sendable, Equatable {
    /// Percent-encoded; no dot segments, no empty segments but a last one.
    let path: String
    /// Percent-encoded; nil when there is none.
    let query: String?

    /// The path's segments, without an empty last one.
    var segments: [Substring] { path.split(separator: "/") }

    /// How many segments there are at most.
    var depth: Int {
        var path = path
        return path.withUTF8 { $0.count { $0 == UInt8(ascii: "/") } }
    }

    /// As it is sent: path and query.
    var text: String { query.map { "\(path)?\($0)" } ?? path }

    /// Throws 400 for a path that two readers could read differently: dot segments, encoded slashes, backslashes and
    /// control characters, empty segments, bytes that RFC 3986 does not allow.
    init(_ uri: URI) throws(Problem) {
        // The server's URI takes a fragment for a part of the path; a client must not send one (RFC 9112 section 3.2).
        guard !uri.string.utf8.contains(UInt8(ascii: "#")), let path = Self.normalised(path: uri.path) else {
            throw .malformedRequest("The path of the request target is not acceptable.")
        }
        self.path = path
        query = uri.query.map(Self.normalised(query:))
    }

    /// The target in a request's first line. Nearly all are in that spelling already.
    init(_ text: String) throws(Problem) {
        var text = text
        switch text.withUTF8(Self.plainPath) {
        case nil:
            try self.init(URI(text))
        case text.utf8.count?:
            self.init(path: text, query: nil)
        case let length?:
            let end = text.utf8.index(text.startIndex, offsetBy: length)
            self.init(
                path: String(text[..<end]), query: Self.normalised(query: String(text[text.utf8.index(after: end)...])))
        }
    }

    private init(path: String, query: String?) {
        self.path = path
        self.query = query
    }

    /// How long a path is that has nothing to decode and cannot be refused; nil when it has to be looked at.
    private static func plainPath(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.first == UInt8(ascii: "/") else { return nil }
        var last = UInt8(ascii: "a")
        for index in text.indices {
            let byte = text[index]
            if last == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return nil }
            if byte == UInt8(ascii: "?") { return index }
            guard byte == UInt8(ascii: "/") || PercentEncoding.isPathCharacter(byte) else { return nil }
            last = byte
        }
        return text.count
    }

    /// Decodes what need not be encoded (RFC 3986 section 6.2.2.2).
    private static func normalised(path: String) -> String? {
        var result: [UInt8] = []
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let code = PercentEncoding.byte(ofDigits: rest.prefix(2)) else { return nil }
                rest = rest.dropFirst(2)
                switch code {
                case 0..<0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "\\"): return nil
                case _ where PercentEncoding.isUnreserved(code): result.append(code)
                default: result += PercentEncoding.encoded(code)
                }
            } else {
                guard byte == UInt8(ascii: "/") || PercentEncoding.isPathCharacter(byte) else { return nil }
                result.append(byte)
            }
        }
        let text = String(decoding: result, as: UTF8.self)
        guard text.hasPrefix("/") else { return nil }
        let segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { $0 != "." && $0 != ".." } && !segments.dropLast().contains("")
        return isPlain ? text : nil
    }

    /// A query means what its reader makes of it; only bytes that may not stand in one are encoded.
    private static func normalised(query: String) -> String {
        let isPlain = query.utf8.allSatisfy {
            PercentEncoding.isPathCharacter($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
        }
        if isPlain { return query }
        var result: [UInt8] = []
        var rest = query.utf8[...]
        while let byte = rest.popFirst() {
            let isAllowed =
                byte == UInt8(ascii: "%")
                ? PercentEncoding.byte(ofDigits: rest.prefix(2)) != nil
                : PercentEncoding.isPathCharacter(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?")
            if isAllowed { result.append(byte) } else { result += PercentEncoding.encoded(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
