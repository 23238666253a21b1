import Testing

@testable import LogStore

/// Expressions made at random: of a language that a few lines can search in, held against those; and of anything at all, which
/// is read or refused, and ends.
@Suite(.timeLimit(.minutes(5))) struct RegularExpressionFuzzTests {
    /// A regular expression of the plain kind, and the plainest way to search: all ends from one beginning.
    private indirect enum Plain {
        case character(Character)
        case any, start, end
        case set(Set<Character>, isNegated: Bool)
        case sequence([Plain])
        case choice([Plain])
        case repeated(Plain, Int, Int)

        var text: String {
            switch self {
            case .character(let character): String(character)
            case .any: "."
            case .start: "^"
            case .end: "$"
            case .set(let characters, let isNegated):
                "[\(isNegated ? "^" : "")\(String(characters.sorted()))]"
            case .sequence(let parts): parts.map(\.text).joined()
            case .choice(let parts): "(?:\(parts.map(\.text).joined(separator: "|")))"
            case .repeated(let part, 0, .max): "(?:\(part.text))*"
            case .repeated(let part, 1, .max): "(?:\(part.text))+"
            case .repeated(let part, 0, 1): "(?:\(part.text))?"
            case .repeated(let part, let least, let most): "(?:\(part.text)){\(least),\(most)}"
            }
        }

        func ends(_ text: [Character], _ start: Int) -> Set<Int> {
            func one(_ holds: (Character) -> Bool) -> Set<Int> {
                start < text.count && holds(text[start]) ? [start + 1] : []
            }
            switch self {
            case .character(let character): return one { $0 == character }
            case .any: return one { _ in true }
            case .start: return start == 0 ? [start] : []
            case .end: return start == text.count ? [start] : []
            case .set(let characters, let isNegated): return one { characters.contains($0) != isNegated }
            case .sequence(let parts):
                return parts.reduce([start]) { starts, part in
                    starts.reduce(into: Set<Int>()) { $0.formUnion(part.ends(text, $1)) }
                }
            case .choice(let parts): return parts.reduce(into: Set<Int>()) { $0.formUnion($1.ends(text, start)) }
            case .repeated(let part, let least, let most):
                var (now, all) = ([start] as Set<Int>, least == 0 ? [start] : [] as Set<Int>)
                // More turns than there are bytes reach nothing new.
                for turn in 1...max(1, min(most, text.count + least + 1)) {
                    now = now.reduce(into: Set<Int>()) { $0.formUnion(part.ends(text, $1)) }
                    if turn >= least { all.formUnion(now) }
                }
                return all
            }
        }

        func occurs(in text: [Character]) -> Bool { (0...text.count).contains { !ends(text, $0).isEmpty } }
    }

    private static let alphabet: [Character] = ["a", "b", "é", "€"]

    private func expression(_ depth: Int, _ random: inout SplitMix) -> Plain {
        let letters = Self.alphabet
        switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &random) {
        case 0: return .any
        case 1: return .start
        case 2: return .end
        case 3:
            let set = Set((0..<2).map { _ in letters.randomElement(using: &random) ?? "a" })
            return .set(set, isNegated: .random(using: &random))
        case 7, 8:
            return .sequence((0..<Int.random(in: 1...4, using: &random)).map { _ in expression(depth - 1, &random) })
        case 9: return .choice((0..<Int.random(in: 1...3, using: &random)).map { _ in expression(depth - 1, &random) })
        case 10, 11:
            let (least, most) = [(0, Int.max), (1, Int.max), (0, 1), (2, 3)].randomElement(using: &random) ?? (0, 1)
            return .repeated(expression(depth - 1, &random), least, most)
        default: return .character(letters.randomElement(using: &random) ?? "a")
        }
    }

    @Test func `random expressions find what a plain search finds`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        var found = 0
        for _ in 0..<3_000 {
            let plain = Plain.sequence((0..<3).map { _ in expression(3, &random) })
            let compiled = try RegularExpression(plain.text)
            for _ in 0..<4 {
                let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    Self.alphabet.randomElement(using: &random) ?? "a"
                }
                let expected = plain.occurs(in: text)
                if expected { found += 1 }
                #expect(
                    try compiled.occurs(in: Array(String(text).utf8)[...]) == expected,
                    "\(plain.text) in \(String(text)), seed \(seed)")
            }
        }
        #expect(500...11_000 ~= found, "\(found), seed \(seed)")
    }

    private static let patterns = [
        #"^(?<time>\d{2}:\d{2}) \[(error|warn)\] .*$"#, #"(?i)\bpath=("[^"]*"|\S+)\s"#, "(a|b)*c{2,5}?[^x-z\\d]+$",
        #"(?=.*a)(?!.*b)(?<=c)(?<!d)\w+\1(?R)?"#, #"\p{L}+\x{1F600}\Q.*\E(?:(?#c)[[:alpha:]])*+"#, "((((a+)+)+)+)+b",
        "(*COMMIT)a(*SKIP)b(*MARK:x)", "(?(?=a)b|c)(?>d+)(?1)(e)", "a{65535}b{0}[\\]\\-]",
    ].map { Array($0.utf8) }
    private static let signs = Array("()[]{}*+?|^$\\.,:=!<>-#&0129abdwsSpPLQERK\u{0}é".utf8)
    private static let lines: [[UInt8]] = [
        Array("10:01 [error] path=\"/api\" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".utf8),
        [0xFF, 0xC3, 0x28, 0x80, 0],
        Array("ccab d é 😀 .*x".utf8), [], [UInt8](repeating: UInt8(ascii: "a"), count: 3_000),
    ]

    @Test func `anything at all is read or refused, and ends`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        var read = 0
        let start = ContinuousClock.now
        for _ in 0..<20_000 where ContinuousClock.now - start < .seconds(30) {
            var bytes = Self.patterns.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: bytes.removeSubrange(at...)
                case 1: bytes.removeSubrange(..<at)
                case 2: bytes.insert(contentsOf: Self.patterns.randomElement(using: &random) ?? [], at: at)
                case 3 where at < bytes.count: bytes[at] = .random(in: 0 ... .max, using: &random)
                case 4 where at < bytes.count: bytes.remove(at: at)
                default: bytes.insert(Self.signs.randomElement(using: &random) ?? 0, at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let expression = try TextPattern(text)
                read += 1
                for line in Self.lines {
                    let begin = ContinuousClock.now
                    // Too much is an answer, too.
                    _ = try? expression.occurs(in: line[...])
                    #expect(ContinuousClock.now - begin < .seconds(10), "\(text.debugDescription), seed \(seed)")
                }
            } catch {
                guard case .syntax(let column, let reason) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(1...text.count + 1 ~= column && !reason.isEmpty, "\(text.debugDescription), seed \(seed)")
            }
        }
        #expect(read > 500, "seed \(seed)")
    }
}
