import Supervisor
import TestSupport
import Testing

@Suite struct HTTPAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let bytes: String
        /// nil for an answer that is malformed.
        let status: Int?
        let body: String
        var testDescription: String { bytes }

        init(_ bytes: String, _ status: Int?, _ body: String = "") {
            self.bytes = bytes
            self.status = status
            self.body = body
        }
    }

    private static let cases = [
        Case("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length:2 \r\n\r\nok", 200, "ok"),
        Case("HTTP/1.0 503 \r\n\r\nuntil the end", 503, "until the end"),
        Case("HTTP/1.1 200\r\n\r\n", 200),
        Case("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 204),
        Case("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        Case("HTTP/1.1 200 OK\n\nlines without a return", 200, "lines without a return"),
        Case("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200, "abcde"),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n", 200, "a"),
        Case("", nil), Case("SSH-2.0-OpenSSH_9.2\r\n", nil), Case("HTTP/2 200\r\n\r\n", nil),
        Case("HTTP/1.1 20 OK\r\n\r\n", nil), Case("HTTP/1.1 2000 OK\r\n\r\n", nil),
        Case("HTTP/1.1  200 OK\r\n\r\n", nil),
        Case("HTTP/1.1 099 OK\r\n\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", nil), Case("HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", nil),
        Case("HTTP/1.1 200 OK\r\n: x\r\n\r\n", nil), Case("HTTP/1.1 200 OK\r\nName : x\r\n\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", nil),
        Case("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", nil),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab", nil),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", nil),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", nil),
        Case("HTTP/1.1 200 OK\r\nContent-", nil),
    ]

    private func read(_ pieces: [ArraySlice<UInt8>]) -> (HTTPAnswer, HTTPAnswer.Progress) {
        var answer = HTTPAnswer()
        for piece in pieces {
            let progress = piece.withUnsafeBytes { answer.take($0) }
            if progress != .incomplete { return (answer, progress) }
        }
        return (answer, answer.end())
    }

    @Test(arguments: cases)
    func `an answer is read the same however it is cut`(test: Case) {
        let bytes = Array(test.bytes.utf8)
        let cuts =
            [[bytes[...]], bytes.indices.map { bytes[$0...$0] }] + bytes.indices.map { [bytes[..<$0], bytes[$0...]] }
        for pieces in cuts {
            let (answer, progress) = read(pieces)
            if let status = test.status {
                #expect(progress == .complete)
                #expect(answer.status == status)
                #expect(String(decoding: answer.body, as: UTF8.self) == test.body)
            } else {
                guard case .malformed = progress else {
                    Issue.record("\(progress)")
                    return
                }
            }
        }
    }

    @Test func `the end of the connection says how far it came`() {
        for (bytes, sentence) in [
            ("", "the connection was closed without an answer"),
            ("HTTP/1.1 200 OK\r\n", "the connection was closed in the middle of the answer's head"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                "the connection was closed in the middle of the answer's body"
            ),
            ("220 mail ready\r\n", "what answers does not speak HTTP/1"),
        ] {
            #expect(read([Array(bytes.utf8)[...]]).1 == .malformed(sentence))
        }
    }

    @Test func `a greeting of another protocol is shown`() {
        #expect(
            read([Array("220 mail.example ready\r\n".utf8)[...]]).0.beginning == Array("220 mail.example ready".utf8))
    }

    @Test func `a head without end is given up at 64 KiB, in one line or in many`() {
        let tooLarge = HTTPAnswer.Progress.malformed("the answer's head is larger than 64 KiB")
        let start = Array("HTTP/1.1 200 OK\r\n".utf8)
        let line = start + Array("X: ".utf8) + [UInt8](repeating: 0x61, count: 70_000)
        #expect(read([line[...]]).1 == tooLarge)
        let lines = start + Array(repeating: Array("X: y\r\n".utf8), count: 20_000).flatMap(\.self)
        #expect(read([lines[...]]).1 == tooLarge)
    }

    @Test(arguments: ["\r\n", "Content-Length: 1000000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"])
    func `a body without end is complete at 64 KiB`(rest: String) {
        let bytes = Array("HTTP/1.1 200 OK\r\n\(rest)".utf8) + [UInt8](repeating: 0x61, count: 100_000)
        let (answer, progress) = read([bytes[...]])
        #expect(progress == .complete)
        #expect(answer.body == [UInt8](repeating: 0x61, count: HTTPAnswer.limit))
    }

    @Test func `no random bytes are more than an answer or a sentence`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        let words = [
            "HTTP/1.1 200 OK", "\r\n", "\n", "Content-Length:", " 7", "Transfer-Encoding: chunked", "ff", "\0", "é",
            ":",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int(random.next() % 12)).map { _ in words[Int(random.next() % 10)] }.joined()
            let (answer, progress) = read([Array(text.utf8)[...]])
            #expect(progress != .incomplete, "seed \(seed)")
            #expect(answer.body.count <= text.utf8.count, "seed \(seed)")
        }
    }
}
