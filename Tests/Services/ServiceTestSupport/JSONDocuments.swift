/// Bytes that are no JSON, made systematically, and documents on the edge of it that are.
package enum JSONDocuments {
    /// With something of everything, and an object, so that no part of it is whole.
    package static let whole =
        #"{"a":[1,-2.5e+3,"\u00e9\ud83d\ude00\n/é😀",true,false,null,{"b":{},"c":[]}],"d":"x","e":-0.0E-1} "#

    package static let malformed: [[UInt8]] =
        truncated + notUTF8 + rawControls + strayBytes + (strings + numbers + structures).map { Array($0.utf8) }

    private static var truncated: [[UInt8]] {
        let bytes = Array(whole.utf8.dropLast())
        return bytes.indices.map { Array(bytes[..<$0]) }
    }

    /// In a value, in a name, and where neither is.
    private static var notUTF8: [[UInt8]] {
        let wrong: [[UInt8]] = [
            // Continuations without a beginning, beginnings without continuation.
            [0x80], [0xBF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
            // Overlong forms of "/", NUL and others.
            [0xC0, 0xAF], [0xC1, 0xBF], [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
            // Surrogates, alone and in pairs, what lies beyond U+10FFFF, and bytes that never occur.
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF], [0xFE], [0xFF], [0xE9],
        ]
        let utf16: [[UInt8]] = [
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D], [0x7B, 0x00, 0x7D, 0x00],
            [0x00, 0x7B, 0x00, 0x7D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [0xEF, 0xBB, 0xBF],
        ]
        return utf16
            + wrong.flatMap { bytes in
                [("{\"a\":\"", "\"}"), ("{\"", "\":1}"), ("[1,", "2]")].map {
                    Array($0.0.utf8) + bytes + Array($0.1.utf8)
                }
            }
    }

    /// Every control character inside a string.
    private static var rawControls: [[UInt8]] {
        (0..<0x20).map { [0x22, 0x61, $0, 0x22] }
    }

    /// Every byte that is no white space before, in and after a value; digits continue one that is a number.
    private static var strayBytes: [[UInt8]] {
        (0..<0x80).filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.flatMap { byte -> [[UInt8]] in
            [[0x7B, 0x7D, byte], [0x5B, 0x31, byte, 0x5B]] + (byte == 0x22 ? [] : [[byte, 0x7B, 0x7D]])
        }
    }

    private static let strings: [String] =
        [
            #"""#, #""a"#, #"a""#, "'a'", #""a"b"#, "\"\t\"", "\"\n\"", #""\"#, #""\""#, #""\x41""#, #""\a""#, #""\v""#,
            #""\'""#, #""\0""#, #""\U0041""#, #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u12G4""#, #""\u{41}""#,
            #""\u 041""#, #""\u+041""#, #""\u-041""#, #""\u００４１""#, "\"\\\u{e9}\"", "\"\\😀\"", #""\\\"#,
            // Surrogates that are no pair.
            #""\ud800""#, #""\udbff""#, #""\udc00""#, #""\udfff""#, #""\ud800\ud800""#, #""\udc00\ud800""#,
            #""\ud83dA""#, #""\ud83d\n""#, #""\ud83d\u""#, #""\ud83d\u0041""#, #""\ud83d\ude0""#, #""\ud83d\\ude00""#,
            #"{"\ud800":1}"#, "“a”", "`a`", #"u"a""#, #""a" "b""#, #""a"+"b""#,
        ]

    private static let numbers: [String] =
        [
            "-", "+", "+1", "--1", "-+1", "- 1", "01", "-01", "00", "-00.1", "1.", "-1.", ".5", "-.5", "1.e1", "1e",
            "1e+",
            "1E-", "1e1.5", "1e1e1", "e1", "1.2.3", "1..2", "1,5", "1 000", "1_000", "0x10", "0b1", "0o7", "1f", "1L",
            "1d",
            "NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "1e999", "-1e999", "1e99999999999999999999", "１",
            "٣", "1\u{200B}", "1/2", "1+1", "½", String(repeating: "9", count: 400),
            "-" + String(repeating: "9", count: 400),
            "1e" + String(repeating: "9", count: 10_000),
        ].flatMap { [$0, "[\($0)]"] }.filter { $0 != "[1,5]" }

    private static let structures: [String] =
        [
            "", " ", "\n", "\u{FEFF}", "\u{FEFF}{}", "{}\u{FEFF}", "\u{A0}1", "1\u{2028}", "\u{0}", "[1]\u{0}",
            "[", "]", "{", "}", "[]]", "[[]", "{}}", "[}", "{]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]",
            "[1;2]",
            #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1,,"b":2}"#, #"{"a":1 "b":2}"#, #"{"a" 1}"#,
            #"{"a"::1}"#, #"{"a"=1}"#, #"{"a"=>1}"#, #"{:1}"#, "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{[]:1}",
            "{{}}",
            "{\"a\":1", "[1", "// c\n1", "1 // c", "/* c */1", "[1 /* c */]", "# c\n1", "<!-- -->1", "1 2", "{}{}",
            "[][]",
            "1,2", "true false", "tru", "truex", "True", "TRUE", "nul", "nulls", "None", "nil", "undefined", "fals",
            "yes", "\u{2060}1", "*", "&b", "<null>", "{{\"a\":1}}", "()", "a=b&c=d", "--boundary", "{\"a\":b}",
            "\\u0031",
            // Two members of one name, however it is spelled.
            #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#, #"[{"x":{"a":1,"b":2,"a":3}}]"#,
            #"{"/":1,"\/":2}"#, "{\"\u{e9}\":1,\"e\u{301}\":2}", #"{"😀":1,"\ud83d\ude00":2}"#,
            // Too deep.
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
            String(repeating: "[", count: 100_000),
            String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
            String(repeating: "{\"a\":", count: 100_000), String(repeating: "[{\"a\":", count: 50_000),
            String(repeating: "{\"a\":", count: 33) + "1" + String(repeating: "}", count: 33),
        ]

    package static let valid: [String] = [
        whole, "[]", "{}", " [ ] ", "\t\n\r {\t}\n", "0", "-0", "-0.0", "0e0", "0E+1", "1e-999", "5e-324", "1E22",
        "123.456e78", "1.7976931348623157e308", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "1" + String(repeating: "0", count: 300), "0." + String(repeating: "0", count: 10_000) + "1", "true", "false",
        "null", #""""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u0000\u001f\u007f""#, "\"\u{7F}\"",
        "\"\u{2028}\u{2029}\"",
        "\"\u{FEFF}\"", "\"\u{FFFF}\"", #""\uFFFE\uffff""#, "\"\u{10FFFF}\"", #""\uDBFF\uDFFF""#, #""\ud800\udc00""#,
        #""\u005C\u0022""#, #"{"":0}"#, #"{"a":{"a":{"a":[]}}}"#, #"{"a":1,"A":2,"a ":3,"á":4}"#, #"{"\u0000":1}"#,
        #"{"__proto__":1,"constructor":2}"#, "[[],{},\"\",0,null]", "\"/* c */\"", "\"\u{202E}\"",
        String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
        String(repeating: "{\"a\":", count: 32) + "1" + String(repeating: "}", count: 32),
        "[" + String(repeating: "1,", count: 20_000) + "1]", "\"" + String(repeating: "é", count: 20_000) + "\"",
        String(repeating: " ", count: 50_000) + "1",
    ]
}
