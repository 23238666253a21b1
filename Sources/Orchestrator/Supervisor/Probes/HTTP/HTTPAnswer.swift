/// An HTTP/1 answer (RFC 9112) as it comes in: status line and header fields are read strictly, the body up to a limit.
///
/// It has no patience: a head of more than 64 KiB, a field that is none or two lengths that differ end it. Interim answers
/// are skipped. A line may end without a carriage return, which the RFC lets a recipient accept.
package struct HTTPAnswer: Sendable {
    package enum Progress: Sendable, Hashable {
        case incomplete
        /// Status and body are there; the body perhaps only up to the limit.
        case complete
        /// What is wrong with it, as a sentence.
        case malformed(String)
    }

    /// The most of a body that is kept, and the most of a head that is read.
    package static let limit = 64 << 10

    private enum Stage: Hashable {
        case statusLine, fields
        case body(left: Int?)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case done
    }

    /// 0 until the status line is there.
    package private(set) var status = 0
    package private(set) var body: [UInt8] = []
    private var stage = Stage.statusLine
    /// Of the head or of a chunk's size: what has come of the line that is being read.
    private var line: [UInt8] = []
    private var headBytes = 0
    private var length: Int?
    private var isChunked = false

    package init() {}

    /// Whether anything has come.
    package var isEmpty: Bool { headBytes == 0 && line.isEmpty }

    /// Whether the head is there and only the body is waited for.
    package var hasHead: Bool { stage != .statusLine && stage != .fields }

    /// The beginning of what came, when it was no HTTP: a greeting of another protocol, perhaps.
    package var beginning: [UInt8] { stage == .statusLine ? line : body }

    /// Takes the next bytes.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) -> Progress {
        var rest = bytes[...]
        while !rest.isEmpty, stage != .done {
            if let problem = step(&rest) { return .malformed(problem) }
        }
        return stage == .done ? .complete : .incomplete
    }

    /// The other side has closed the connection.
    package mutating func end() -> Progress {
        switch stage {
        case .done, .body(left: nil): return .complete
        case .statusLine where isEmpty: return .malformed("the connection was closed without an answer")
        case .statusLine, .fields: return .malformed("the connection was closed in the middle of the answer's head")
        case .body, .chunkSize, .chunk, .chunkEnd:
            return .malformed("the connection was closed in the middle of the answer's body")
        }
    }

    /// Takes some of `rest`; a sentence when it is wrong.
    private mutating func step(_ rest: inout Slice<UnsafeRawBufferPointer>) -> String? {
        switch stage {
        case .statusLine, .fields:
            guard let whole = takeLine(&rest, limit: Self.limit - headBytes) else {
                if headBytes + line.count > Self.limit { return "the answer's head is larger than 64 KiB" }
                return stage == .statusLine && !Self.mayBeStatusLine(line) ? "what answers does not speak HTTP/1" : nil
            }
            headBytes += whole.count + 1
            return stage == .statusLine ? readStatusLine(whole) : readField(whole)
        case .body(let left):
            let taken = keep(rest.prefix(left ?? rest.count))
            rest = rest.dropFirst(taken)
            stage = left.map { $0 == taken ? .done : .body(left: $0 - taken) } ?? stage
        case .chunkSize:
            guard let whole = takeLine(&rest, limit: 256) else {
                return line.count > 256 ? "the answer's chunks are malformed" : nil
            }
            return readChunkSize(whole)
        case .chunk(let left):
            let taken = keep(rest.prefix(left))
            rest = rest.dropFirst(taken)
            stage = taken == left ? .chunkEnd : .chunk(left: left - taken)
        case .chunkEnd:
            guard let whole = takeLine(&rest, limit: 2) else {
                return line.count > 2 ? "the answer's chunks are malformed" : nil
            }
            if !whole.isEmpty { return "the answer's chunks are malformed" }
            stage = .chunkSize
        case .done: break
        }
        if body.count >= Self.limit { stage = .done }
        return nil
    }

    /// A whole line without its end; nil when it is not there yet or longer than `limit`.
    private mutating func takeLine(_ rest: inout Slice<UnsafeRawBufferPointer>, limit: Int) -> [UInt8]? {
        let end = rest.firstIndex(of: 0x0A)
        let part = rest[..<(end ?? rest.endIndex)]
        line.append(contentsOf: part.prefix(max(0, limit + 1 - line.count)))
        rest = end.map { rest[($0 + 1)...] } ?? rest[rest.endIndex...]
        guard end != nil, line.count <= limit else { return nil }
        defer { line.removeAll(keepingCapacity: true) }
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    /// Keeps what fits; how much was looked at.
    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        body.append(contentsOf: bytes.prefix(Self.limit - body.count))
        return bytes.count
    }

    // MARK: The head

    private static func mayBeStatusLine(_ line: [UInt8]) -> Bool {
        zip(line, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
    }

    /// `HTTP/1.x SP 3DIGIT [SP reason]`.
    private mutating func readStatusLine(_ line: [UInt8]) -> String? {
        let digits = line.dropFirst(9).prefix(3)
        guard Self.mayBeStatusLine(line), line.count >= 12, Self.isDigit(line[7]), line[8] == 0x20,
            digits.allSatisfy(Self.isDigit), line.count == 12 || line[12] == 0x20
        else {
            self.line = line
            return "what answers does not speak HTTP/1"
        }
        status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (100...999).contains(status) else { return "the answer's status is \(status)" }
        stage = .fields
        return nil
    }

    private mutating func readField(_ line: [UInt8]) -> String? {
        if line.isEmpty { return endHead() }
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(Self.isToken) else {
            return "the answer has a malformed header field"
        }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            .split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
        switch name {
        case "content-length":
            guard !value.isEmpty, value.utf8.allSatisfy(Self.isDigit), let number = Int(value),
                length == nil || length == number
            else { return "the answer has a malformed Content-Length" }
            length = number
        case "transfer-encoding":
            guard value.lowercased() == "chunked", !isChunked else {
                return "the answer has a Transfer-Encoding other than chunked"
            }
            isChunked = true
        default: break
        }
        return nil
    }

    private mutating func endHead() -> String? {
        switch status {
        case 100, 102...199:
            stage = .statusLine
            (length, isChunked) = (nil, false)
        case 101, 204, 304: stage = .done
        default: stage = isChunked ? .chunkSize : length == 0 ? .done : .body(left: length)
        }
        return nil
    }

    private mutating func readChunkSize(_ line: [UInt8]) -> String? {
        let digits = line.prefix { $0 != 0x3B && $0 != 0x20 && $0 != 0x09 }
        guard (1...8).contains(digits.count), digits.allSatisfy(Self.isHexDigit),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return "the answer's chunks are malformed" }
        stage = size == 0 ? .done : .chunk(left: size)
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
