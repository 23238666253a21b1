import ServiceKit
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test(
        arguments: [
            ("{}", [:]),
            (" [ 1 , -0 , 2.5e1 ] \n", [1, 0, .number(25)]),
            (#"{"a":{"b":[true,false,null]}}"#, ["a": ["b": [true, false, nil]]]),
            (#""\u0041\ud83d\ude00\n\/""#, "A😀\n/"),
            ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ] as [(String, JSONValue)])
    func `well-formed JSON is read`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "[1 2]", #"{"a":1,}"#, #"{"a"}"#, #"{a:1}"#, "{'a':1}", "01", "-", "1.",
        ".5",
        "+1", "1e", "1e+", "0x10", "NaN", "Infinity", "1e999", "tru", "nulls", "[] []", "{}x", "\"a", "\"\u{1}\"",
        "\"\n\"", #""\x41""#, #""\u12""#, #""\ud800""#, #""\udc00""#, #""\ud800A""#, "\u{FEFF}{}", "// c\n1",
        "[1]\u{0}",
    ])
    func `what is not JSON is malformed`(text: String) {
        #expect {
            try parse(text)
        } throws: { error in
            if case .malformed = error as? JSONSyntaxError { true } else { false }
        }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
            #expect(throws: JSONSyntaxError.notUTF8) { try JSONParser.parse(bytes) }
        }
    }

    @Test func `two members of one name are refused however they are spelled`() {
        #expect(throws: JSONSyntaxError.duplicateName(offset: 7)) { try parse(#"{"a":1,"a":2}"#) }
        #expect(throws: JSONSyntaxError.duplicateName(offset: 7)) { try parse(#"{"a":1,"\u0061":2}"#) }
    }

    @Test func `nesting is bounded so that no body can exhaust the stack`() throws {
        let fits = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try parse(fits) }
        #expect(throws: JSONSyntaxError.tooDeep) { try parse("[\(fits)]") }
        #expect(throws: JSONSyntaxError.tooDeep) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test func `what is written is one line and is read back as it was`() throws {
        let value: JSONValue = [
            "text": "a\"b\\c\r\n\t\u{1B}\u{7F}é😀", "number": .number(1.25), "list": [1, nil, true, [:]],
        ]
        let bytes = JSONWriter.bytes(of: value)
        #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(try JSONParser.parse(bytes) == value)
    }
}
