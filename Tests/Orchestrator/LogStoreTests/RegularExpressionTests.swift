import StateDirectory
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(5))) struct RegularExpressionTests {
    private func occurs(_ pattern: String, _ bytes: [UInt8]) throws -> Bool {
        // Something before and behind, so that a search that leaves its bytes shows.
        try RegularExpression(pattern).occurs(in: (Array("\nx".utf8) + bytes + Array("y\n".utf8))[2...].dropLast(2))
    }

    private func occurs(_ pattern: String, _ text: String) throws -> Bool { try occurs(pattern, Array(text.utf8)) }

    @Test(arguments: [
        ("^a", "ab"), ("b$", "ab"), ("^$", ""), ("", ""), ("x*", ""), (#"\bcat\b"#, "a cat."), ("(?i)error", "ERROR"),
        ("(?i)straße", "STRAßE"), ("(?i)é", "É"), ("^.$", "é"), ("^.$", "😀"), (#"^\w+$"#, "größe"), ("[äöü]", "schön"),
        (#"status=5\d\d"#, "status=503 x"), ("a{3}", "aaa"), ("(?<n>ab)\\k<n>", "abab"), ("a(?=b)", "ab"),
        ("(?<!x)y", "ay"), (#"\."#, "."), (#"\x{20ac}"#, "€"), ("a|^$", "a"), (#"\Aab\z"#, "ab"), ("a\tb", "a\tb"),
        ("\u{0}", "a\u{0}b"),
    ])
    func `these are found`(_ pattern: String, _ text: String) throws { #expect(try occurs(pattern, text)) }

    @Test(arguments: [
        ("^a", "ba"), ("b$", "ba"), ("^$", "a"), (#"\bcat\b"#, "concat"), ("error", "ERROR"), ("^.$", "ab"),
        (#"status=5\d\d"#, "status=50"), ("a{3}", "aa"), ("x", ""), ("^y", "a"), ("y$", "a"), ("^.$", ""), ("é", "e"),
    ])
    func `these are not`(_ pattern: String, _ text: String) throws { #expect(try !occurs(pattern, text)) }

    @Test func `bytes that are no UTF-8 match nothing and hide nothing`() throws {
        let line = [0xFF, 0xC3] + Array("error é ".utf8) + [0xE2, 0x82] + Array("end".utf8) + [0x80]
        for pattern in ["error", "é", "r é", "end", ".rror.é", "(?i)END"] {
            #expect(try occurs(pattern, line), "\(pattern)")
        }
        for pattern in ["^error", "end$", "^.error", "é .{1,3}end", "\u{FFFD}"] {
            #expect(try !occurs(pattern, line), "\(pattern)")
        }
    }

    @Test(arguments: [
        ("a(", 3), ("a)", 2), ("[a-", 4), ("a**", 3), (#"\"#, 2), ("é(", 3), ("(?<n", 5), ("a{2,1}", 7), ("(?z)", 3),
        ("[[:nix:]]", 4), (#"\C"#, 3),
    ])
    func `what is none is refused with its column and a reason`(_ pattern: String, _ column: Int) {
        #expect {
            _ = try RegularExpression(pattern)
        } throws: { error in
            guard case RegularExpression.Bad.syntax(let place, let reason) = error else { return false }
            return abs(place - column) <= 1 && reason.count > 5
        }
    }

    @Test(arguments: [
        ("(a+)+$", String(repeating: "a", count: 5_000) + "!"), ("^(a|aa)+$", String(repeating: "a", count: 300) + "b"),
        ("(x+x+)+y", String(repeating: "x", count: 100) + "z y"), (#"(\w*)*[^\w]$"#, String(repeating: "w", count: 90)),
        ("((a*)*)*c", String(repeating: "a", count: 1_000) + "bc"), ("(?R)?a", String(repeating: "b", count: 500)),
    ])
    func `what takes exponential time elsewhere ends within a second`(_ pattern: String, _ text: String) throws {
        let begin = ContinuousClock.now
        do {
            #expect(try !occurs(pattern, text))
        } catch is RegularExpression.Exhausted {
            // Given up, and said.
        }
        #expect(ContinuousClock.now - begin < .seconds(1))
    }

    @Test func `a long line ends what takes quadratic time, and is searched whole by what does not`() throws {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20) + Array("z end y".utf8)
        #expect(try occurs("e[n]d", line))
        #expect(try occurs(" y$", line))
        #expect(try !occurs("x+[^xz]", line[(8 << 20 - 2_000)...].map { $0 }))
        let begin = ContinuousClock.now
        #expect(throws: RegularExpression.Exhausted.self) { try occurs("x+y", line) }
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func `a match at any place of a long line is found`() throws {
        let expression = try RegularExpression("é[b]+c")
        for place in [0, 1, 1_000, 1_023, 1_024, 1_025, 5_000, 9_990] {
            var text = [UInt8](repeating: UInt8(ascii: "-"), count: 10_000)
            text.insert(contentsOf: Array("ébbc".utf8), at: place)
            #expect(try expression.occurs(in: text[...]), "\(place)")
            #expect(try !expression.occurs(in: text[..<(place + 4)]), "\(place)")
        }
    }

    @Test func `of a query the line that takes too much is named`() throws {
        let state = try ScratchState()
        try state.run(2, of: "web.3", out: "short\n" + String(repeating: "a", count: 5_000) + "!\n")
        for change in [{ $0.pattern = "(a+)+$" }, { $0.exclusion = "(a+)+$" }, { $0.condition = "message ~ '(a+)+$'" }]
            as [(inout LogQuery) -> Void]
        {
            #expect(throws: LogError.tooMuch("web.3/2/stdout:6")) { try state.lines(change) }
        }
        #expect(try state.lines { $0.pattern = "s(h)" }.map(\.text) == ["short"])
    }
}
