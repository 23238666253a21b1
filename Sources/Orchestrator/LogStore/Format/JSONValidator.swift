/// Decides whether bytes are exactly one JSON object (RFC 8259), so that they may be copied into JSON of ours
/// unchanged.
///
/// It keeps no stack but one bit for each open bracket, and allows 512 of them: deeper input is refused, not recursed
/// into.
struct JSONValidator {
    private static let deepest = 512

    private let bytes: ArraySlice<UInt8>
    private var index: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    static func isObject(_ bytes: ArraySlice<UInt8>) -> Bool {
        var validator = JSONValidator(bytes)
        validator.skipBlanks()
        guard validator.peek == UInt8(ascii: "{"), validator.value() else { return false }
        validator.skipBlanks()
        guard validator.peek == nil else { return false }
        return bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    private var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    /// One value with all that is in it; each turn reads one scalar, or opens or closes a bracket.
    private mutating func value() -> Bool {
        // true for an object.
        var open: [Bool] = []
        while true {
            skipBlanks()
            switch peek {
            case UInt8(ascii: "{"):
                index += 1
                skipBlanks()
                if !take(UInt8(ascii: "}")) {
                    guard open.count < Self.deepest, key() else { return false }
                    open.append(true)
                    continue
                }
            case UInt8(ascii: "["):
                index += 1
                skipBlanks()
                if !take(UInt8(ascii: "]")) {
                    guard open.count < Self.deepest else { return false }
                    open.append(false)
                    continue
                }
            case UInt8(ascii: "\""): if !string() { return false }
            case UInt8(ascii: "t"): if !literal("true") { return false }
            case UInt8(ascii: "f"): if !literal("false") { return false }
            case UInt8(ascii: "n"): if !literal("null") { return false }
            default: if !number() { return false }
            }
            // A value is complete; so may be the brackets around it.
            while let isObject = open.last {
                skipBlanks()
                if take(UInt8(ascii: ",")) {
                    if isObject, !key() { return false }
                    break
                }
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                open.removeLast()
            }
            if open.isEmpty { return true }
        }
    }

    private mutating func key() -> Bool {
        skipBlanks()
        guard string() else { return false }
        skipBlanks()
        return take(UInt8(ascii: ":"))
    }

    private mutating func string() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte < 0x20 { return false }
            if byte == UInt8(ascii: "\\"), !escape() { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = peek else { return false }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            let digits = bytes[index...].prefix(4)
            index += digits.count
            return digits.count == 4 && digits.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
        default: return false
        }
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.endIndex,
            text.withUTF8Buffer({ $0.elementsEqual(bytes[index..<end]) })
        else { return false }
        index = end
        return true
    }

    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !digits() { return false }
        if take(UInt8(ascii: ".")), !digits() { return false }
        if peek.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
            index += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = peek, byte &- 0x30 < 10 { index += 1 }
        return index > start
    }
}
