import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct LogInjectionTests {
    /// What people put into names, headers and paths to forge log lines and to play with terminals.
    static let naughty: [String] = [
        "", " ", "\n", "\r", "\r\n", "a\r\n{\"level\":\"error\",\"message\":\"forged\"}", "a\nb\nc", "\u{0}", "a\u{0}b",
        "\u{1B}[2J\u{1B}[H", "\u{1B}]0;title\u{07}", "\u{1B}]52;c;cm0gLXJm\u{07}", "\u{1B}P+q544e\u{1B}\\", "\u{9B}31m",
        "\u{85}", "\u{90}\u{9C}\u{9D}", "\u{7F}", "\u{08}\u{08}\u{08}", "\u{0B}\u{0C}", "\u{2028}", "\u{2029}",
        "user\u{202E}gpj.exe", "\u{202A}\u{202B}\u{202C}\u{202D}", "\u{2066}\u{2067}\u{2068}\u{2069}",
        "\u{200E}\u{200F}",
        "\u{61C}", "\u{FEFF}", "\u{200B}\u{200D}", "\u{FFFD}\u{FFFE}\u{FFFF}", "\u{10FFFF}", "\u{E0001}\u{E0041}",
        "\"", "\\", "\\\"", "\\u0000", "\\n", "'\"`$(id)", "</script><script>", "%0d%0aSet-Cookie:x",
        "${jndi:ldap://x/a}",
        "{{7*7}}", "%s%n%x", "';DROP TABLE users;--", "Ω≈ç√∫˜µ≤≥÷", "社會科學院語學研究所", "👩‍👩‍👧‍👦🏳️‍🌈", "ﷺ",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A", "الكل في المجمو عة", "\u{301}\u{301}", "e\u{301}", "\u{E9}",
        String(repeating: "long ", count: 20_000), String(repeating: "\u{1B}", count: 5_000),
        String(decoding: [0x61, 0xFF, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0x62] as [UInt8], as: UTF8.self),
    ]

    /// The only line of `logs`, after seeing that it is one whoever splits lines and however.
    private func onlyLine(_ logs: LogCapture) throws -> JSONValue {
        let line = try #require(logs.lines.first)
        #expect(logs.lines.count == 1)
        expectOneLine(line)
        return try JSONParser.parse(Array(line.utf8))
    }

    private func expectOneLine(_ line: String) {
        #expect(line.utf8.last == 0x0A)
        let harmful = line.unicodeScalars.dropLast().contains { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
        #expect(!harmful)
    }

    /// The same scalars, not only the same characters.
    private func same(_ value: JSONValue?, _ text: String) -> Bool {
        value?.string.map { Array($0.utf8) } == Array(text.utf8)
    }

    @Test(arguments: naughty)
    func `a line stays one line and is read back as it was logged`(text: String) throws {
        let logs = LogCapture()
        var logger = logs.logger(fields: LogFields(["kept", "one", "several", "any", "key \(text)"]))
        logger[metadataKey: "kept"] = .string(text)
        logger.info(
            "\(text)",
            metadata: [
                "one": .string(text), "several": .array([.string(text), .dictionary(["in": .string(text)])]),
                "any": .stringConvertible(text), "key \(text)": "value",
            ])
        let event = try onlyLine(logs)
        #expect(same(event["message"], text))
        for name in ["kept", "one", "any"] { #expect(same(event[name], text)) }
        #expect(same(event["several"]?.array?.first, text))
        #expect(same(event["several"]?.array?.last?["in"], text))
        guard case .object(let members) = event else { return }
        #expect(members.contains { same(.string($0.name), "key \(text)") })
    }

    @Test(arguments: naughty)
    func `an error's text stays in its line`(text: String) throws {
        struct Failure: Error, CustomStringConvertible { let description: String }
        let logs = LogCapture()
        logs.logger().error("failed", error: Failure(description: text))
        #expect(same(try onlyLine(logs)["error"], text))
    }

    @Test func `no field of a request can pass for one of ours`() throws {
        let logs = LogCapture()
        logs.logger().info("true", metadata: ["level": "error", "message": "forged", "service": "another"])
        let event = try onlyLine(logs)
        #expect(event["level"] == "info")
        #expect(event["message"] == "true")
        #expect(event["service"] == "test-service")
    }

    @Test func `what a client writes into its headers cannot leave the line`() async throws {
        let logs = LogCapture()
        let parts = ServiceParts(routes: [
            .get("/seen", access: .anyone) { request, context in
                let agent = request.headers[.userAgent] ?? ""
                context.logger.info("seen", metadata: ["reason": .string(agent)])
                return .json(.ok, ["userAgent": .string(agent)])
            }
        ])
        try await buildApplication(parts, in: .test(logs: logs)).test(.router) { client in
            for text in Self.naughty where text.utf8.count < 1000 {
                let reply = try await client.send(
                    .get, "/seen", headers: [.userAgent: text, .requestID: text, .referer: text])
                #expect(reply.status == 200)
                let event = try #require(try logs.events().last { $0["message"] == "seen" })
                #expect(same(event["reason"], reply.body["userAgent"]?.string ?? "none"))
            }
        }
        for line in logs.lines { expectOneLine(line) }
    }
}
