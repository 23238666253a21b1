import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// The header fields of a forwarded request: the client's, without what only the gateway may say.
struct ForwardedFields {
    /// Our name in `Via`.
    let gateway: String
    let proxies: TrustedProxies

    func fields(of request: Request, _ context: ShopContext) -> HTTPFields {
        var fields = HTTPFields(request.headers.endToEnd.filter { !isOurs($0) })
        fields[.traceparent] = context.identity.trace.traceparent
        fields[Self.tracestate] = context.identity.traceState?.text
        fields[.requestID] = context.identity.requestID

        let client = proxies.client(of: request, in: context)?.description
        fields[Self.forwarded] = Self.forwarded(for: client, host: request.head.authority)
        fields[.forwardedFor] = client ?? "unknown"
        fields[Self.forwardedProto] = "http"
        fields.append(HTTPField(name: Self.via, value: "1.1 \(gateway)"))
        return fields
    }

    /// What a client has no say in: who it is, by which way it came, how the shop's services recognise each other. Whom
    /// it is for, the body's length and the time that is left are set where it is sent, and nobody is asked whether to
    /// send it.
    private func isOurs(_ field: HTTPField) -> Bool {
        let name = field.name.canonicalName
        switch name {
        case "authorization":
            return field.value.lowercased().hasPrefix("service")
        case "host", "forwarded", "content-length", "expect", "x-request-deadline-ms":
            return true
        default:
            return ["x-forwarded-", "x-user-", "x-service-"].contains(where: name.hasPrefix)
        }
    }

    /// RFC 7239: a value that is no token is quoted, an IPv6 address is bracketed.
    private static func forwarded(for client: String?, host: String?) -> String {
        let node = client.map { $0.contains(":") ? "\"[\($0)]\"" : $0 } ?? "unknown"
        // A host has been checked: it holds nothing that would end a quoted string.
        return "for=\(node);proto=http" + (host.map { ";host=\"\($0)\"" } ?? "")
    }

    private static let tracestate = HTTPField.Name.ours("tracestate")
    private static let via = HTTPField.Name.ours("Via")
    private static let forwarded = HTTPField.Name.ours("Forwarded")
    private static let forwardedProto = HTTPField.Name.ours("X-Forwarded-Proto")
}
