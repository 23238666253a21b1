/// As whom a service runs, and with which file mode mask.
extension ServiceReading {
    func user(in reader: MappingReader) -> String? { reader.value("user", Self.user) }

    func groups(in reader: MappingReader) -> [String] {
        var groups: [String] = []
        for group in reader.values("group_add", Self.group) ?? [] where !groups.contains(group.value) {
            groups.append(group.value)
        }
        return groups
    }

    func umask(in reader: MappingReader) -> UInt16? { reader.value("umask", Self.umask) }

    static let user = ScalarForm<String>(
        expected: "USER, USER:GROUP, UID or UID:GID",
        schema: accounts(pattern: "^\(account)(:\(account))?$")
    ) { scalar in
        let parts = scalar.text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy(isAccount) ? scalar.text : nil
    }

    static let group = ScalarForm<String>(
        expected: "the name or number of a group",
        schema: accounts(pattern: "^\(account)$")
    ) {
        isAccount($0.text) ? $0.text : nil
    }

    private static let account = "([1-9][0-9]{0,9}|0|[A-Za-z0-9._@$]*[A-Za-z._@$][A-Za-z0-9._@$-]*)"

    private static func accounts(pattern: String) -> ScalarSchema {
        ScalarSchema(.string, .number, .boolean, pattern: pattern, minimum: 0, maximum: Int(UInt32.max) - 1)
    }

    /// The name of a user or group in the grammar of useradd(8), which is generous here, or its number.
    private static func isAccount(_ text: some StringProtocol) -> Bool {
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // The last number of all means "no change" to chown(2) and setuid(2).
            return DecimalText.integer(text).map { $0 < UInt32.max } ?? false
        }
        guard text.utf8.count <= 256, let first = text.first, first.isASCII, first != "-" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-@$".contains($0)) }
    }

    /// Always octal, as umask(1) has it. A plain number without a leading zero is refused: some readers of YAML take `22`
    /// for twenty-two and others `022` for eighteen, and only a person knows what was meant.
    static let umask = ScalarForm<UInt16>(
        expected: "an octal mask such as 022",
        schema: ScalarSchema(.string, .integer, pattern: "^(0o)?0?[0-7]{1,3}$", minimum: 0, maximum: 777),
        hint: { scalar in octal(scalar.text).map { _ in "write 0\(scalar.text), it is octal" } },
        parse: { scalar in
            guard scalar.style != .plain || scalar.text.hasPrefix("0") else { return nil }
            return octal(scalar.text)
        })

    private static func octal(_ text: String) -> UInt16? {
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard (1...4).contains(digits.count), digits.allSatisfy({ "0" <= $0 && $0 <= "7" }) else { return nil }
        return UInt16(digits, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
    }
}
