/// Parts of a JSON document as the bytes they are, so that what the API answered is passed on unchanged: numbers keep
/// their digits and objects their order. Only for documents that a decoder has accepted; others give nonsense.
enum JSONSlices {
    /// The value of an object's member; nil when it has none of that name. Names are compared as they are written.
    static func member(_ name: String, of object: some Collection<UInt8>) -> ArraySlice<UInt8>? {
        for member in elements(of: object) {
            let parts = split(member, at: UInt8(ascii: ":"), most: 2)
            if parts.count == 2, parts[0].elementsEqual("\"\(name)\"".utf8) { return parts[1] }
        }
        return nil
    }

    /// What stands between the commas of an array or an object.
    static func elements(of value: some Collection<UInt8>) -> [ArraySlice<UInt8>] {
        let inner = trimmed(trimmed(ArraySlice(value)).dropFirst().dropLast())
        return inner.isEmpty ? [] : split(inner, at: UInt8(ascii: ","), most: .max)
    }

    /// Cuts at separators that are in no string and in no array or object.
    private static func split(_ text: ArraySlice<UInt8>, at separator: UInt8, most: Int) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in text.indices {
            let byte = text[index]
            if isInString {
                if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case separator where depth == 0 && parts.count + 1 < most:
                parts.append(trimmed(text[start..<index]))
                start = index + 1
            default: break
            }
        }
        return parts + [trimmed(text[start...])]
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
