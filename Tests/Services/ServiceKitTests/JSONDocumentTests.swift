import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct JSONDocumentTests {
    @Test func `what is not JSON is refused, all of it`() {
        #expect(JSONDocuments.malformed.count > 600)
        for document in JSONDocuments.malformed {
            #expect(throws: JSONSyntaxError.self, "\(String(decoding: document.prefix(80), as: UTF8.self))") {
                try JSONParser.parse(document)
            }
        }
    }

    @Test(arguments: JSONDocuments.valid)
    func `what is JSON only just is read, and written so that it is read again`(text: String) throws {
        let value = try JSONParser.parse(Array(text.utf8))
        #expect(try JSONParser.parse(JSONWriter.bytes(of: value)) == value)
    }

    @Test func `every byte changed to every other gives a value or an error and nothing worse`() {
        let bytes = Array(JSONDocuments.whole.utf8)
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                guard let value = try? JSONParser.parse(changed) else { continue }
                #expect((try? JSONParser.parse(JSONWriter.bytes(of: value))) == value)
            }
        }
    }

    @Test func `a service answers what is not JSON with 400, what is too long with 413, and goes on`() async throws {
        let parts = ServiceParts(routes: [
            .post("/things", access: .anyone) { request, _ in .json(.created, try await request.json()) }
        ])
        try await buildApplication(parts, in: .test()).test(.router) { client in
            for document in JSONDocuments.malformed {
                let reply = try await client.send(.post, "/things", bytes: document)
                let shown = String(decoding: document.prefix(80), as: UTF8.self)
                #expect(reply.status == (document.count > Request.defaultBodyLimit ? 413 : 400), "\(shown)")
                #expect(reply.headers[.contentType] == "application/problem+json")
                let untyped = try await client.execute(
                    uri: "/things", method: .post, body: ByteBuffer(bytes: document)
                ) { $0.status.code }
                #expect(untyped == 415)
            }
            for text in JSONDocuments.valid {
                let status = try await client.send(.post, "/things", bytes: Array(text.utf8)).status
                #expect(status == 201, "\(text.prefix(80))")
            }
        }
    }

    @Test func `a body nested a hundred thousand deep is a 400 where it is not too long`() async throws {
        let parts = ServiceParts(routes: [
            .post("/things", access: .anyone) { request, _ in .json(.created, try await request.json(limit: 1 << 20)) }
        ])
        try await buildApplication(parts, in: .test()).test(.live) { client in
            for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
                let text = [open, "1", close].map { String(repeating: $0, count: $0 == "1" ? 1 : 100_000) }.joined()
                let reply = try await client.send(.post, "/things", bytes: Array(text.utf8))
                #expect(reply.status == 400)
                #expect(reply.body["detail"] == "The body is nested deeper than 32 levels.")
            }
            #expect(try await client.send(.post, "/things", [:]).status == 201)
        }
    }

    @Test func `any value is written and read back as it was`() {
        for seed in 0..<5000 as Range<UInt64> {
            var random = SplitMix(seed: seed)
            let value = JSONValue.random(depth: 5, using: &random)
            let bytes = JSONWriter.bytes(of: value)
            let read = try? JSONParser.parse(bytes)
            #expect(read == value, "seed \(seed)")
            // Swift takes some strings for equal that have other scalars; their bytes tell.
            #expect(read.map(JSONWriter.bytes(of:)) == bytes, "seed \(seed)")
            #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "seed \(seed)")
        }
    }
}

extension JSONValue {
    fileprivate static func random(depth: Int, using random: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : Double.random(in: -1e6...1e6, using: &random))
        case 4: return .string(text(using: &random))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    JSONValue.random(depth: depth - 1, using: &random)
                })
        default:
            var names: Set<String> = []
            for _ in 0..<Int.random(in: 0..<5, using: &random) { names.insert(text(using: &random)) }
            return .object(
                names.sorted().map { Member($0, JSONValue.random(depth: depth - 1, using: &random)) })
        }
    }

    private static func text(using random: inout SplitMix) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            // As often plain and control characters as any others.
            let limit: UInt32 = [0x20, 0x80, 0x3000, 0x11_0000][Int.random(in: 0..<4, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}
