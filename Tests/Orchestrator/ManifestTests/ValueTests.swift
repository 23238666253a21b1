import Testing

@testable import Manifest

@Suite struct `Values written as text` {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("2us", .microseconds(2)), ("2µs", .microseconds(2)),
        ("10s", .seconds(10)), ("1m30s", .seconds(90)), ("2h32m", .seconds(9120)), ("2.5s", .milliseconds(2500)),
        ("1d", .seconds(86400)), ("1w", .seconds(604800)), ("7ns", .nanoseconds(7)), ("0s", .zero),
        (".5s", .milliseconds(500)),
    ])
    func `a duration in Compose's grammar is read`(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(arguments: [
        "", "30", "s", "-1s", "1 s", "1x", "1:30", "1s2", "1..5s", "99999999999999999999s", "9999999999h", ".",
    ])
    func `anything else is no duration`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["500ms", "1m30s", "1h", "2us", "7ns", "0s", "2h1s5ms", "300h"])
    func `a duration is written as it is read`(text: String) {
        #expect(DurationText.parse(text).map(DurationText.text) == text)
    }

    @Test(arguments: [
        ("2b", UInt64(2)), ("1024", 1024), ("512k", 524_288), ("200MB", 209_715_200), ("1g", 1_073_741_824),
        ("1.5kb", 1536), ("1 KiB", 1024), ("0", 0),
    ])
    func `a size in Compose's grammar is read with powers of 1024`(text: String, expected: UInt64) {
        #expect(ByteSizeText.parse(text) == expected)
    }

    @Test(arguments: ["", "k", "-1", "1x", "1kk", "1e3", "99999999p", "1,5g", "ib"])
    func `anything else is no size`(text: String) {
        #expect(ByteSizeText.parse(text) == nil)
    }

    @Test(arguments: [
        ("3003", PortSpec.fixed(3003)), ("3003:3003", .fixed(3003)), ("auto", .auto), ("65535/tcp", .fixed(65535)),
        ("1", .fixed(1)),
    ])
    func `a port is a number, the same number twice, or auto`(text: String, expected: PortSpec) throws {
        #expect(try PortText.parse(text) == expected)
    }

    @Test(arguments: [
        "", "0", "65536", "-1", "08", "8080:80", "3000-3005", "127.0.0.1:80:80", "53/udp", "a", "80:", ":80", "1e3",
        "atuo",
    ])
    func `a mapped, ranged, bound or impossible port is refused`(text: String) {
        #expect(throws: PortText.Refusal.self) { try PortText.parse(text) }
    }

    @Test(arguments: [
        ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]), ("a ''", ["a", ""]),
        ("x\"y\\\"z\\n\"", ["xy\"z\\n"]), ("", []), ("'$a'", ["$a"]),
    ])
    func `a command line is split as a shell splits it`(line: String, expected: [String]) {
        #expect(CommandLineText.split(line) == expected)
    }

    @Test(arguments: ["a 'b", "a \"b", "a\\", "a\0b"])
    func `an open quote is no command line`(line: String) {
        #expect(CommandLineText.split(line) == nil)
    }

    @Test(arguments: [("SIGTERM", Int32(15)), ("term", 15), ("2", 2), ("SIGRTMIN+3", 37), ("hup", 1), ("SIGQUIT", 3)])
    func `a signal is read by name or number`(text: String, expected: Int32) {
        #expect(SignalName.number(text) == expected)
    }

    @Test(arguments: ["", "0", "65", "SIGNOPE", "SIGRTMIN+31", "-9"])
    func `anything else is no signal`(text: String) {
        #expect(SignalName.number(text) == nil)
    }

    @Test(arguments: [
        ("enviroment", "environment"), ("prots", "ports"), ("env", "env_file"), ("helathcheck", "healthcheck"),
        ("scal", "scale"),
        ("dependson", "depends_on"), ("Command", "command"),
    ])
    func `the nearest word is found by edits, then by its beginning`(word: String, expected: String) {
        #expect(NearestWord.to(word, in: MappingShape.service.words) == expected)
    }

    @Test(arguments: ["zzz", "q", "", "wholly-different"])
    func `a word near nothing has no nearest`(word: String) {
        #expect(NearestWord.to(word, in: MappingShape.service.words) == nil)
    }
}
