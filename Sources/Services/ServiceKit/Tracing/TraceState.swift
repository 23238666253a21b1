/// The `tracestate` of a trace (W3C Trace Context): a list of what each system on the way wants to find again. We add
/// nothing and pass on what is well formed, so that the trace does not break in the middle.
package struct TraceState: Sendable, Equatable {
    /// The list as one header.
    package let text: String

    /// The standard's most members of a list.
    private static let memberLimit = 32
    /// The bytes that everybody has to pass on, and we do; what is longer loses members.
    private static let byteLimit = 512
    /// Members longer than this are the first to go.
    private static let longMember = 128

    /// nil unless `values`, the headers in their order, are together a list that the standard allows: the whole list is
    /// to be ignored then.
    package init?(_ values: [String]) {
        guard values.reduce(0, { $0 + $1.utf8.count }) <= 8192, values.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } })
        else { return nil }
        let list = values.joined(separator: ",").split(separator: ",").map(Self.trimmed).filter { !$0.isEmpty }
        guard (1...Self.memberLimit).contains(list.count) else { return nil }
        var keys: Set<Substring> = []
        for member in list {
            guard let equals = member.firstIndex(of: "="), Self.isKey(member[..<equals]),
                Self.isValue(member[member.index(after: equals)...]), keys.insert(member[..<equals]).inserted
            else { return nil }
        }
        let rest = Self.shortened(list)
        guard !rest.isEmpty else { return nil }
        text = rest.joined(separator: ",")
    }

    /// The members without those that are too many bytes: long ones first, then the oldest, which come last.
    private static func shortened(_ list: [Substring]) -> [Substring] {
        func length(_ list: [Substring]) -> Int { list.reduce(list.count - 1) { $0 + $1.utf8.count } }
        var rest = list
        while length(rest) > byteLimit, !rest.isEmpty {
            rest.remove(at: rest.lastIndex { $0.utf8.count > longMember } ?? rest.count - 1)
        }
        return rest
    }

    private static func trimmed(_ member: Substring) -> Substring {
        var rest = member
        while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }

    /// `vendor` of up to 256 characters, or `tenant@vendor` of up to 241 and 14.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.allSatisfy(isKeyByte) }), let first = parts[0].first else { return false }
        switch parts.count {
        case 1: return isLetter(first) && parts[0].count <= 256
        case 2:
            return (isLetter(first) || isDigit(first)) && parts[0].count <= 241 && (1...14).contains(parts[1].count)
                && parts[1].first.map(isLetter) == true
        default: return false
        }
    }

    /// 1 to 256 printable ASCII characters but `,` and `=`.
    private static func isValue(_ value: Substring) -> Bool {
        (1...256).contains(value.utf8.count)
            && value.utf8.allSatisfy {
                (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte)
            || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/")].contains(byte)
    }
}
