/// What an HTTP probe asks for, made once for all its questions.
struct HTTPTarget: Sendable {
    let port: UInt16
    let expectedStatuses: ClosedRange<Int>
    let timeout: Duration
    /// The question as people read it.
    let asked: String
    /// The whole request as it goes over the wire.
    let request: [UInt8]

    init(port: UInt16, path: String, headers: [String: String], expectedStatuses: ClosedRange<Int>, timeout: Duration) {
        self.port = port
        self.expectedStatuses = expectedStatuses
        self.timeout = timeout
        asked = "GET \(path) on port \(port)"
        // What the manifest gives goes before what msctl would say.
        var fields = [
            "host": ("Host", "127.0.0.1:\(port)"), "user-agent": ("User-Agent", "msctl"), "accept": ("Accept", "*/*"),
        ]
        for (name, value) in headers { fields[name.lowercased()] = (name, value) }
        fields["connection"] = ("Connection", "close")
        var text = "GET \(Self.onOneLine(path)) HTTP/1.1\r\n"
        for (_, field) in fields.sorted(by: { $0.key < $1.key }) {
            text += "\(Self.onOneLine(field.0)): \(Self.onOneLine(field.1))\r\n"
        }
        request = Array((text + "\r\n").utf8)
    }

    /// Manifests are checked for it, but a request must not depend on that: a line break would begin another field.
    private static func onOneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }
}
