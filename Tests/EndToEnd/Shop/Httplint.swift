import CurlClient
import Foundation
import References
import SystemPackage
import TestSupport
import Testing

/// A request and its answer, as httplint gets them.
struct HTTPExchange: Encodable {
    let method: String
    let path: String
    let sent: [[String]]
    let status: Int
    let fields: [[String]]
    let body: Data

    var name: String { "\(method) \(path) → \(status)" }

    func field(_ name: String) -> String? { fields.first { $0[0].lowercased() == name }?[1] }
}

/// Python's httplint: whether answers mean what HTTP's RFCs say.
enum Httplint {
    private static let script = """
        import base64, json, sys
        from httplint import HttpRequestLinter, HttpResponseLinter

        def pairs(fields):
            return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]

        def flat(notes):
            for note in notes:
                yield note
                yield from flat(note.subnotes)

        for exchange in json.load(open(sys.argv[1])):
            request, response = HttpRequestLinter(), HttpResponseLinter()
            request.process_request_topline(exchange["method"].encode(), exchange["path"].encode(), b"1.1")
            request.process_headers(pairs(exchange["sent"]))
            request.finish_content(True)
            response.request = request
            response.is_head_response = request.method == "HEAD"
            response.process_response_topline(b"1.1", str(exchange["status"]).encode())
            response.process_headers(pairs(exchange["fields"]))
            response.feed_content(base64.b64decode(exchange["body"]))
            response.finish_content(True)
            for note in flat(response.notes):
                if note.level.name in ("BAD", "WARN"):
                    print(type(note).__name__, request.method, request.uri, "→", response.status_code)
        """

    /// What is bad or a reason for a warning: the name of the note, and of the exchange.
    static func findings(in exchanges: [HTTPExchange]) throws -> Set<String> {
        let directory = TemporaryDirectory()
        let file = try directory.file("exchanges", String(decoding: JSONEncoder().encode(exchanges), as: UTF8.self))
        let (code, output) = try Reference.python(["-X", "utf8", "-c", script, file.string])
        try #require(code == 0, "\(output)")
        return Set(output.split(separator: "\n").map(String.init))
    }
}
