/// One request to the shop's API.
struct ShopRequest {
    var method: String
    /// Path segments, not encoded yet.
    var path: [String]
    var query: [(name: String, value: String)] = []
    var body: JSONBody?
    var headers: [(name: String, value: String)] = []
    /// Names the request, so that the API does it once however often it is sent.
    var idempotencyKey: String?
    /// Whether the API does it once, however often it is sent, without a key: what has ended does not end again.
    var isIdempotent = false
    /// Whether it is to have a connection of its own. libcurl sends a request again by itself when a connection that was
    /// used before breaks before any answer; so what must not be sent twice must not go over one.
    var isSentOnce: Bool { !isRepeatable }
    /// What it is about, for people: `the product`.
    var subject: String?
    /// What to do when the thing has another version by then, for people.
    var adviceWhenLate: String?

    init(_ method: String, _ path: String..., body: JSONBody? = nil) {
        self.init(method, path: path, body: body)
    }

    init(_ method: String, path: [String], body: JSONBody? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Whether doing it twice is the same as doing it once.
    var isRepeatable: Bool { method == "GET" || method == "PUT" || idempotencyKey != nil || isIdempotent }

    /// Appended to the API's base URL. An id with a slash or a question mark stays one segment.
    var target: String {
        let path = path.map { "/" + Self.encoded($0) }.joined()
        let query = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        return path + (query.isEmpty ? "" : "?" + query)
    }

    /// Everything but RFC 3986's unreserved characters is percent-encoded; a segment of dots alone too, because it would
    /// be taken for a direction.
    private static func encoded(_ text: String) -> String {
        let isDots = !text.isEmpty && text.allSatisfy { $0 == "." }
        return text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isUnreserved =
                byte < 128
                && (Character(scalar).isLetter || Character(scalar).isNumber || "-_~".contains(Character(scalar)))
                || byte == UInt8(ascii: ".") && !isDots
            guard !isUnreserved else { return String(Character(scalar)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

/// A JSON value to send; members keep their order.
enum JSONBody {
    case string(String)
    case integer(Int64)
    case array([JSONBody])
    case object([(String, JSONBody)])

    /// Members without a value are left out.
    static func members(_ members: [(String, JSONBody?)]) -> JSONBody {
        .object(members.compactMap { name, value in value.map { (name, $0) } })
    }

    var text: String {
        switch self {
        case .string(let text): JSONOutput.line(text)
        case .integer(let number): String(number)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(JSONOutput.line($0)):\($1.text)" }.joined(separator: ",") + "}"
        }
    }
}

extension Money {
    var body: JSONBody { .object([("amount", .integer(amount)), ("currency", .string(currency))]) }
}
