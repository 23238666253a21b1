import NIOCore
import NIOHTTP1

/// The bytes of one HTTP/1 message on their way out. Small parts are put together, so that a short message is one write.
///
/// NIO's own encoders write each field with several calls and each part by itself, which costs a gateway more than all that
/// it does with a request.
package struct MessageBytes {
    /// Bodies of more bytes are not copied.
    private static let smallPart = 4 * 1024

    /// How the end of the body is known (RFC 9112 section 6).
    package enum Framing {
        /// There is none, or its length is among the fields, or it ends with the connection.
        case plain
        case chunked
    }

    /// Of what was put together and not written yet.
    private var pending = ByteBuffer()
    private var framing = Framing.plain

    package init() {}

    /// Begins a message.
    ///
    /// - Parameters:
    ///   - start: the first line without its end.
    ///   - more: fields that follow.
    package mutating func begin(
        _ start: [StaticOrText], _ fields: HTTPHeaders, _ more: FieldBytes?, _ framing: Framing
    ) {
        self.framing = framing
        var size = 4 + (more?.bytes.readableBytes ?? 0)
        for part in start { size += part.count }
        for (name, value) in fields { size += name.utf8.count + value.utf8.count + 4 }
        pending.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
            var writer = RawWriter(bytes)
            for part in start { part.write(to: &writer) }
            writer.lineEnd()
            for (name, value) in fields {
                writer.write(name)
                writer.write(0x3A, 0x20)
                writer.write(value)
                writer.lineEnd()
            }
            more?.bytes.withUnsafeReadableBytes { writer.write($0) }
            writer.lineEnd()
            return writer.count
        }
    }

    /// Adds a part of the body. What is to be written now is handed to `write`, in this order.
    package mutating func add(_ part: ByteBuffer, write: (ByteBuffer) -> Void) {
        guard part.readableBytes > 0 else { return }
        if framing == .chunked { pending.writeString("\(String(part.readableBytes, radix: 16))\r\n") }
        if part.readableBytes <= Self.smallPart {
            pending.writeImmutableBuffer(part)
        } else {
            flush(write)
            write(part)
        }
        if framing == .chunked { pending.writeStaticString("\r\n") }
    }

    package mutating func end(write: (ByteBuffer) -> Void) {
        if framing == .chunked { pending.writeStaticString("0\r\n\r\n") }
        flush(write)
    }

    package mutating func flush(_ write: (ByteBuffer) -> Void) {
        guard pending.readableBytes > 0 else { return }
        write(pending)
        pending = ByteBuffer()
    }

    /// A piece of a first line.
    package enum StaticOrText {
        case fixed(StaticString)
        case text(String)

        fileprivate var count: Int {
            switch self {
            case .fixed(let text): text.utf8CodeUnitCount
            case .text(let text): text.utf8.count
            }
        }

        fileprivate func write(to writer: inout RawWriter) {
            switch self {
            case .fixed(let text):
                text.withUTF8Buffer { writer.write(UnsafeRawBufferPointer($0)) }
            case .text(let text):
                writer.write(text)
            }
        }
    }
}
