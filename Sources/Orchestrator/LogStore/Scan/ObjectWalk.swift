/// One pass over a line that is a JSON object: keys and values of the outermost object, and where the object ends.
struct ObjectWalk {
    let bytes: LineBytes
    private var end: Int { bytes.end }

    init(_ bytes: LineBytes) { self.bytes = bytes }

    /// The fields of the object that begins at `start`.
    @inline(__always)
    func fields(from start: Int) -> LineFields {
        var fields = LineFields()
        // Six things to find; the first usable value of each counts, and after the sixth the rest need not be read.
        var missing = 6
        let isClosed = forEachField(from: start) { key, value in
            if let name = bytes.name(key) {
                if name == .message, value.kind == .other, bytes.byte(value.range.lowerBound) == UInt8(ascii: "{") {
                    missing -= takeMessage(key, value, into: &fields)
                } else if fields.take(name, value, bytes) {
                    missing -= 1
                }
            } else if value.kind == .other, bytes.byte(value.range.lowerBound) == UInt8(ascii: "{"),
                let name = NestedName(key, of: bytes), name.isParent
            {
                missing -= takeFields(within: name, value, into: &fields)
            }
            return missing > 0
        }
        // Cut short after the sixth field, only the closing brace is looked at.
        fields.isRecord = isClosed || (missing == 0 && bytes.lastByte == UInt8(ascii: "}"))
        return fields
    }

    /// Visits the fields of the object that begins at `start` until told to stop. True when the object was seen to its
    /// end and nothing but blanks follows it.
    @inline(__always)
    func forEachField(from start: Int, _ visit: (_ key: Range<Int>, _ value: FieldText) -> Bool) -> Bool {
        var index = start
        var strings = StringEnds(bytes, from: start)
        guard index < end, bytes.byte(index) == UInt8(ascii: "{") else { return false }
        index = bytes.skippingBlanks(index + 1)
        if index < end, bytes.byte(index) == UInt8(ascii: "}") { return bytes.skippingBlanks(index + 1) == end }
        while index < end, bytes.byte(index) == UInt8(ascii: "\"") {
            guard let key = strings.end(of: index + 1) else { return false }
            let keyStart = index + 1
            index = bytes.skippingBlanks(key.end + 1)
            guard index < end, bytes.byte(index) == UInt8(ascii: ":") else { return false }
            index = bytes.skippingBlanks(index + 1)
            guard index < end else { return false }
            let value: FieldText
            switch bytes.byte(index) {
            case UInt8(ascii: "\""):
                guard let string = strings.end(of: index + 1) else { return false }
                value = FieldText(string.isEscaped ? .escaped : .plain, (index + 1)..<string.end)
                index = string.end + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard let close = nestedEnd(index, &strings) else { return false }
                value = FieldText(.other, index..<close)
                index = close
            default:
                let from = index
                while index < end, !isScalarEnd(bytes.byte(index)) { index += 1 }
                value = FieldText(.other, from..<index)
            }
            // A key with escapes is none of ours: nobody writes them so.
            if !visit(keyStart..<key.end, value) { return false }
            index = bytes.skippingBlanks(index)
            guard index < end else { return false }
            if bytes.byte(index) == UInt8(ascii: "}") { return bytes.skippingBlanks(index + 1) == end }
            guard bytes.byte(index) == UInt8(ascii: ",") else { return false }
            index = bytes.skippingBlanks(index + 1)
        }
        return false
    }

    @inline(__always)
    private func isScalarEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte <= 0x20
    }

    /// The index after the bracket that closes the one at `from`.
    @inline(__always)
    private func nestedEnd(_ from: Int, _ strings: inout StringEnds) -> Int? {
        var index = from
        var depth = 0
        while index < end {
            switch bytes.byte(index) {
            case UInt8(ascii: "\""):
                guard let string = strings.end(of: index + 1) else { return nil }
                index = string.end
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }
}
