import SystemPackage
import Testing

@testable import Manifest

@Suite struct `YAML` {
    private func expect(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
        #expect(try problems(text) == expected.map { "manifests/a.yaml:\($0)" }, sourceLocation: location)
    }

    @Test(arguments: [
        ("services: [", "2:1: invalid YAML: did not find expected node content while parsing a flow node"),
        (
            "services:\n\ta: 1",
            "2:1: invalid YAML: found character that cannot start any token while scanning for the next token; indent with spaces, not tabs"
        ),
        ("a: *b", "1:4: invalid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2", "3:1: a manifest is one YAML document, and here begins another; use one file for each"),
        (
            "x-a: !!binary x",
            "1:6: the tag 'tag:yaml.org,2002:binary' is not supported; only !override and !reset are"
        ),
        ("a: \"\u{1}\"", "1:5: invalid YAML: control characters are not allowed"),
    ])
    func `what is no YAML is reported at its place`(text: String, expected: String) throws {
        let found = try problems(text)
        #expect(found.first == "manifests/a.yaml:\(expected)")
    }

    @Test func `duplicate keys are all reported, in blocks and in flow`() throws {
        try expect(
            """
            services:
              a:
                command: [a]
                scale: 1
                "scale": 2
                scale: 3
              b: { command: [b], restart: always, restart: always }
              a: { command: [c] }
            """,
            [
                "5:5: duplicate key 'scale'; the first is on line 4",
                "6:5: duplicate key 'scale'; the first is on line 4",
                "7:39: duplicate key 'restart'; the first is on line 7",
                "8:3: duplicate key 'a'; the first is on line 2",
            ])
    }

    @Test func `scalars of YAML 1.1 keep their text`() throws {
        let service = try service(
            "environment: { A: 0755, B: 1:30, C: yes, D: no, E: on, F: 1e3, G: 0x10, H: 2024-01-01, I: 1_000, J: true }"
        )
        #expect(
            service.environment == [
                "A": "0755", "B": "1:30", "C": "yes", "D": "no", "E": "on", "F": "1e3", "G": "0x10", "H": "2024-01-01",
                "I": "1_000", "J": "true",
            ])
    }

    @Test func `columns count Unicode scalars`() throws {
        try expect("services: { a: { command: [ä, 'é✓'], zzz: 1 } }", ["1:38: unknown key 'zzz' in service 'a'"])
    }

    @Test func `a merge tag in a list is refused`() throws {
        try expect(
            "services: { a: { command: [a], ports: [!reset 80] } }",
            ["1:40: !override and !reset stand before the value of a key, not in a list"])
    }

    @Test func `an alias bomb is refused`() throws {
        var text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "x-\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        let found = try problems(text)
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("the file has more than 100000 nodes with its aliases written out") == true)
    }

    @Test func `a deep tree is refused`() throws {
        let deep = try problems("a: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
        #expect(deep == ["manifests/a.yaml:1:68: the file is nested more than 64 levels deep"])
        let found = try problems("a: " + String(repeating: "[", count: 200_000))
        #expect(found.count == 1)
    }

    @Test func `a file that is too large, no text, or no file is refused`() throws {
        let scratch = try ScratchProject([:])
        try scratch.write("#" + String(repeating: "x", count: TextFile.sizeLimit), to: "manifests/a.yaml")
        try scratch.write(bytes: [0x61, 0xFF, 0xFE], to: "manifests/b.yaml")
        try scratch.write("", to: "manifests/c.yaml/x")
        #expect(
            scratch.problems() == [
                "manifests/a.yaml: the file is larger than 1 MiB", "manifests/b.yaml: the file is not UTF-8 text",
                "manifests/c.yaml: the file is a directory, a pipe or a device",
            ])
    }

    @Test func `a byte order mark is no text`() throws {
        let scratch = try ScratchProject([:])
        try scratch.write("\u{FEFF}services: { a: { command: [a] } }", to: "manifests/a.yaml")
        #expect(try scratch.load().project.services.count == 1)
    }

    @Test func `random mutations of a manifest never crash the loader`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("mutation seed: \(seed)")
        var random = SplitMix(state: seed)
        let scratch = try ScratchProject([:])
        let original = Array(Fixture.everything.utf8)
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(Array("{}[]:,&*!|>'\"%@`#-?$ \n\t".utf8).randomElement(using: &random) ?? 0, at: index)
                default:
                    let other = Int.random(in: bytes.indices, using: &random)
                    bytes.insert(contentsOf: bytes[min(index, other)..<max(index, other)].prefix(40), at: index)
                }
            }
            try scratch.write(bytes: bytes, to: "manifests/a.yaml")
            for problem in scratch.problems() { #expect(!problem.isEmpty, "seed \(seed)") }
        }
    }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere for a seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
