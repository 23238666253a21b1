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
