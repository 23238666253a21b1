/// Ports as text: `3003`, `3003:3003`, `auto`. What only a container can do is refused with the reason.
enum PortText {
    struct Refusal: Error, Hashable {
        /// Completes "port '…' ".
        var reason: String
        var hint: String?
    }

    static func parse(_ text: String) throws(Refusal) -> PortSpec {
        if text == "auto" { return .auto }
        var digits = text[...]
        if let slash = text.firstIndex(of: "/") {
            guard text[slash...] == "/tcp" else {
                throw Refusal(reason: "is not TCP", hint: "only TCP ports are supported")
            }
            digits = text[..<slash]
        }
        guard !digits.contains("-") else {
            throw Refusal(reason: "is a range", hint: "list each port, or scale the service with deploy.replicas")
        }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw Refusal(
                reason: "names an address", hint: "the service itself decides where it listens; write the port alone")
        }
        let port = try number(parts[parts.count - 1])
        if parts.count == 2, try number(parts[0]) != port {
            throw Refusal(
                reason: "maps one port to another, and a process has no port mapping",
                hint: "write the port that the service listens on")
        }
        return .fixed(port)
    }

    private static let schema = ScalarSchema(
        .string, .integer, pattern: "^(auto|[1-9][0-9]*(:[1-9][0-9]*)?(/tcp)?)$", minimum: 1, maximum: 65535)

    static let form = ScalarForm<PortSpec>(expected: "a port", schema: schema, parse: { try? parse($0.text) })

    /// `target` and `published` of the long form, whose parts are put together before they are parsed.
    static let part = ScalarForm<String>(
        expected: "a port", schema: schema, parse: { $0.text.isEmpty || $0.text.contains("\0") ? nil : $0.text })

    /// `protocol`; what is not TCP is refused with the port.
    static let transport = ScalarForm<String>(expected: "tcp", schema: .words(["tcp"]), parse: { $0.text })

    static func number(_ text: some StringProtocol) throws(Refusal) -> UInt16 {
        guard let value = DecimalText.integer(text), (1...65535).contains(value) else {
            throw Refusal(
                reason: "must be a number from 1 to 65535 or auto",
                hint: text == "0" ? "'auto' takes a free port" : NearestWord.hint(for: String(text), in: ["auto"]))
        }
        return UInt16(value)
    }
}
