/// Writes one thing after the other into room that is known to be enough.
package struct RawWriter {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) {
        self.room = room
    }

    package mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    package mutating func write(constant text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func write(decimal number: Int64) {
        if number < 0 { write(UInt8(ascii: "-")) }
        var width = 1
        var rest = number.magnitude / 10
        while rest > 0 {
            width += 1
            rest /= 10
        }
        precondition(width <= room.count - count)
        rest = number.magnitude
        for place in stride(from: count + width - 1, through: count, by: -1) {
            room[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
    }

    /// - Parameter body: fills the room that it is given.
    mutating func write(count size: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        precondition(size <= room.count - count)
        body(UnsafeMutableRawBufferPointer(rebasing: room[count..<count + size]).assumingMemoryBound(to: UInt8.self))
        count += size
    }

    mutating func write(_ byte: UInt8) {
        precondition(count < room.count)
        room[count] = byte
        count += 1
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        precondition(bytes.count <= room.count - count)
        room.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func write(_ one: UInt8, _ other: UInt8) {
        room.storeBytes(of: UInt16(one) | UInt16(other) << 8, toByteOffset: count, as: UInt16.self)
        count += 2
    }

    package mutating func lineEnd() {
        write(0x0D, 0x0A)
    }
}
