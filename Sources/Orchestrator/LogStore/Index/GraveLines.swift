/// Stretches of a block, in order. Stored as pairs of unsigned LEB128 numbers: the distance from the end of the last, and
/// the length.
struct GraveLines: Hashable {
    private(set) var encoded: [UInt8] = []
    /// Relative to the block's first byte.
    private var end: Int64 = 0
    /// Bytes in all stretches.
    private(set) var bytes: Int64 = 0

    init() {}

    /// Appends a stretch that begins at or behind the end of the last.
    mutating func append(_ stretch: Range<Int64>) {
        append(stretch.lowerBound - end)
        append(stretch.upperBound - stretch.lowerBound)
        end = stretch.upperBound
        bytes += stretch.upperBound - stretch.lowerBound
    }

    private mutating func append(_ number: Int64) {
        var rest = UInt64(number)
        while rest >= 0x80 {
            encoded.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(rest))
    }

    /// The stretches of a block of `length` bytes; nil when the bytes are not what ``append(_:)`` writes.
    static func decode(_ stored: UnsafeRawBufferPointer, length: Int64) -> GraveLines? {
        var lines = GraveLines()
        lines.encoded = Array(stored)
        guard let ranges = lines.ranges(within: length) else { return nil }
        lines.bytes = ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
        lines.end = ranges.last?.upperBound ?? 0
        return lines
    }

    /// nil for bytes that are broken.
    var ranges: [Range<Int64>]? { ranges(within: .max) }

    private func ranges(within limit: Int64) -> [Range<Int64>]? {
        var ranges: [Range<Int64>] = []
        var index = 0
        var end: Int64 = 0
        while index < encoded.count {
            guard let distance = number(&index), let length = number(&index), length > 0,
                distance + length <= limit - end
            else { return nil }
            ranges.append((end + distance)..<(end + distance + length))
            end += distance + length
        }
        return ranges
    }

    private func number(_ index: inout Int) -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < encoded.count, shift < 42 {
            let byte = encoded[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(value) }
            shift += 7
        }
        return nil
    }
}
