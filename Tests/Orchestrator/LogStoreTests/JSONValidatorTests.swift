import Foundation
import Testing

@testable import LogStore

@Suite struct JSONValidatorTests {
    @Test(arguments: [
        "{}", #" {"a" : [1, -0.5e+10, true, false, null, "x", {}, []] } "#, #"{"a":{"b":{"c":[[[]]]}}}"#,
        #"{"a":"\u00e9\n"}"#,
        #"{"é":"😀"}"#, #"{"a":0}"#, #"{"a":1E5}"#,
    ])
    func `an object is one`(_ text: String) {
        #expect(JSONValidator.isObject(Array(text.utf8)[...]))
    }

    @Test(arguments: [
        "", "[]", "1", "{", "}", "{}}", "{} x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{"a":01}"#,
        #"{"a":+1}"#, #"{"a":.5}"#,
        #"{"a":5.}"#, #"{"a":1e}"#, #"{"a":nul}"#, #"{"a":NaN}"#, #"{"a":[1,]}"#, #"{"a":[1}"#, #"{a:1}"#, #"{'a':1}"#,
        #"{"a":"\x"}"#,
        #"{"a":"\u12g4"}"#, #"{"a":"\u12"}"#, "{\"a\":\"\u{1}\"}", "{\"a\":\"\n\"}", #"{"a":1 "b":2}"#, #"{"a":"b"#,
        #"{"a":{]}"#,
    ])
    func `what is no object is none`(_ text: String) {
        #expect(!JSONValidator.isObject(Array(text.utf8)[...]))
    }

    @Test func `invalid UTF-8 makes it none`() {
        #expect(!JSONValidator.isObject(Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)))
    }

    @Test func `a hundred thousand open brackets are refused without a crash`() {
        let deep = Array(#"{"a":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(!JSONValidator.isObject(deep[...]))
    }

    @Test func `it never accepts what Foundation refuses`() throws {
        let seed = Array(#"{"a":[1,-2.5e3,{"b":"\u00e9\\"}],"c":null,"d":true}"#.utf8)
        var random = SplitMix(state: 7)
        for _ in 0..<3_000 {
            var bytes = seed
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(seed[Int.random(in: seed.indices, using: &random)], at: index)
                default: bytes[index] = seed[Int.random(in: seed.indices, using: &random)]
                }
            }
            guard JSONValidator.isObject(bytes[...]) else { continue }
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
        }
    }
}

/// Random numbers that are the same every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
