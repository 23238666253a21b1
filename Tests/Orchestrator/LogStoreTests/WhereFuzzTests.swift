import StateDirectory
import Testing

@testable import LogStore

/// Conditions and lines that were right until bytes of them were changed: each condition is read or refused with the place
/// of what is wrong, and whatever was read can be asked of any line, in a time that nobody waits for.
@Suite(.timeLimit(.minutes(5))) struct WhereFuzzTests {
    private static let conditions = [
        "status >= 500 and path ~ \"^/api\"", "not (status = 200 or status = 404) && !absent",
        "user.address.`zip.code` = '01234'", "level in (error, WARN) || time < \"2026-05-01 10:00:01\"",
        "service != web or instance = \"web.2\" and run not in (1, 2, -3.5e7)",
        "message !~ 'slow \\\"answer\\\"' or ms",
        "time >= 2026-05-01T10:00:00.123456789Z and stream = stdout",
        "fields.msg ~ slow and traceId = t-1 and `a b` = 1",
        "é = 'ü' or ok = true and gone = null and big <= 900",
    ]
    private static let lines: [[UInt8]] = [
        #"{"timestamp":"2026-05-01T10:00:00Z","level":"warn","msg":"slow \"answer\"","status":503,"ms":12.5}"#,
        #"{"path":"/api/orders","ok":true,"gone":null,"big":"900","user":{"address":{"zip.code":"01234"},"x":[1,{}]}}"#,
        #"time=2026-05-01T10:00:00Z level=warn msg="slow \"x\"" status=503 path=/api ok=true user.name="#,
        "2026-05-01 10:00:00.123 UTC [1] ERROR:  status=503", #"{"status":1e999,"ms":-0,"é":"\ud800\u0000","#, "plain",
        "",
    ].map { Array($0.utf8) }
    private static let signs = Array("()!=<>~&|,.`'\"\\{}[]: \t\r0159-eE\u{0}\u{1B}é".utf8)

    private let file: LogFile
    private let scratch: ScratchState

    init() throws {
        scratch = try ScratchState()
        file = LogFile(run: try scratch.run(of: "web.2"), stream: .stdout)
    }

    private func changed(_ all: [[UInt8]], _ random: inout SplitMix) -> [UInt8] {
        var bytes = all.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.removeSubrange(at...)
            case 1: bytes.removeSubrange(..<at)
            case 2:
                let other = all.randomElement(using: &random) ?? []
                bytes.replaceSubrange(at..., with: other.suffix(Int.random(in: 0...other.count, using: &random)))
            case 3 where at < bytes.count: bytes[at] = .random(in: 0 ... .max, using: &random)
            case 4 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 5 where at < bytes.count: bytes.remove(at: at)
            default: bytes.insert(Self.signs.randomElement(using: &random) ?? 0, at: at)
            }
        }
        return bytes
    }

    /// The condition, or what is wrong with how it was refused.
    private func read(_ text: String) -> (condition: WhereExpression?, fault: String?) {
        do {
            return (try WhereParser.parse(text), nil)
        } catch {
            let isPlace = (1...text.count + 1).contains(error.column) && !error.picture.isEmpty && !error.reason.isEmpty
            return (nil, isPlace ? nil : "column \(error.column) of \(text.count): \(error.reason)")
        }
    }

    private func holds(_ condition: WhereExpression, _ line: [UInt8]) throws -> Bool {
        let fields = LineScanner.fields(of: line[...])
        var context = LineContext(file)
        context.advance(to: fields, at: 0, next: nil)
        return try condition.holds(
            for: WhereSubject(file: file, bytes: line[...], fields: fields, context: context))
    }

    @Test func `no changed condition and no changed line leads astray`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let conditions = Self.conditions.map { Array($0.utf8) }
        var (read, held) = (0, 0)
        let start = ContinuousClock.now
        for _ in 0..<10_000 where ContinuousClock.now - start < .seconds(20) {
            let text = String(decoding: changed(conditions, &random), as: UTF8.self)
            let (condition, fault) = self.read(text)
            if let fault { Issue.record("\(fault) of \(text.debugDescription), seed \(seed)") }
            guard let condition else { continue }
            read += 1
            for _ in 0..<4 {
                // A newline ends a line, wherever it stands.
                let line = changed(Self.lines, &random).filter { $0 != 0x0A }
                let begin = ContinuousClock.now
                let value = try holds(condition, line)
                if value { held += 1 }
                #expect(try holds(.not(condition), line) != value, "\(text.debugDescription), \(line), seed \(seed)")
                let took = ContinuousClock.now - begin
                #expect(took < .seconds(5), "\(text.debugDescription), \(line), seed \(seed)")
            }
        }
        #expect(read > 500 && held > 50, "seed \(seed)")
    }

    @Test func `a condition cut at any byte is read or refused`() {
        for condition in Self.conditions.map({ Array($0.utf8) }) {
            for end in condition.indices {
                for part in [condition[..<end], condition[end...]] {
                    let (_, fault) = read(String(decoding: part, as: UTF8.self))
                    #expect(fault == nil, "\(part)")
                }
            }
        }
    }

    @Test func `depth is refused and length is not`() throws {
        for opening in ["(", "not ", "! ", "not (", "(!"] {
            let (condition, fault) = read(String(repeating: opening, count: 100_000) + "ok")
            #expect(condition == nil && fault == nil)
        }
        let long = 100_000
        let conditions = [
            Array(repeating: "status = 503", count: 5_000).joined(separator: " or "),
            Array(repeating: "status", count: 5_000).joined(separator: " && "),
            "status = \(String(repeating: "9", count: long))",
            "status < -\(String(repeating: "9", count: long)).5e99999",
            "status = 0.\(String(repeating: "0", count: long))1", "msg = '\(String(repeating: "x", count: long))'",
            "msg ~ '\(String(repeating: "x", count: long))'", "\(String(repeating: "n", count: long)) = 1",
            "status in (\(Array(repeating: "503", count: long).joined(separator: ",")))",
            "`\(String(repeating: "\\`", count: long))` != null",
            "level in (\(String(repeating: "warn,", count: 999))info)",
        ]
        for text in conditions {
            let condition = try #require(read(text).condition, "\(text.prefix(40))")
            let begin = ContinuousClock.now
            for line in Self.lines { _ = try holds(condition, line) }
            #expect(ContinuousClock.now - begin < .seconds(10), "\(text.prefix(40))")
        }
        // A name of many parts, of a line that is as deep.
        let deep = Array((String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 100)).utf8)
        let condition = try WhereParser.parse(Array(repeating: "a", count: 100).joined(separator: ".") + " = 1")
        #expect(read(Array(repeating: "a", count: 101).joined(separator: ".")).condition == nil)
        let begin = ContinuousClock.now
        #expect(try holds(condition, deep))
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func `nested repetitions end, whatever the line`() throws {
        let condition = try WhereParser.parse("message ~ '^(a+)+$'")
        #expect(try !holds(condition, Array("aaaaaaaab".utf8)))
        #expect(try holds(condition, Array("aaaaaaaaa".utf8)))
        #expect(throws: RegularExpression.Exhausted.self) {
            try holds(condition, Array(String(repeating: "a", count: 5_000).utf8) + [UInt8(ascii: "!")])
        }
    }
}
