import NIOCore

/// Header fields as the bytes that they are sent as, for those who only pass them on.
package struct FieldBytes: Sendable {
    package private(set) var bytes: ByteBuffer

    /// - Parameter capacity: in bytes.
    package init(reserving capacity: Int = 0) {
        bytes = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// - Parameters:
    ///   - name: a token.
    ///   - value: without control characters.
    package mutating func add(_ name: String, _ value: String) {
        let size = name.utf8.count + value.utf8.count + 4
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { room in
            var writer = RawWriter(room)
            writer.write(name)
            writer.write(0x3A, 0x20)
            writer.write(value)
            writer.lineEnd()
            return writer.count
        }
    }

    /// Adds the lines that `lines` writes, their ends included.
    ///
    /// - Parameter size: in bytes, at most.
    package mutating func add(upTo size: Int, _ lines: (inout RawWriter) -> Void) {
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { room in
            var writer = RawWriter(room)
            lines(&writer)
            return writer.count
        }
    }

    package mutating func add(_ fields: FieldBytes) {
        bytes.writeImmutableBuffer(fields.bytes)
    }
}
