import HTTPTypes
import Hummingbird
import ServiceKit

/// How many requests a client may make: one limit for each address, one for each account, and a stricter one for each
/// address that tries passwords.
struct RateLimits: Sendable {
    /// Requests a minute; 0 is no limit.
    struct Settings: Sendable {
        let perAddress: Int
        /// Of one address at once.
        let burst: Int
        let perAccount: Int
        let signIns: Int
        let proxies: TrustedProxies
    }

    struct Limit: Sendable {
        let name: String
        let buckets: TokenBuckets<Client>

        /// nil when there is none.
        init?(_ name: String, perMinute: Int, burst: Int, _ now: @escaping @Sendable () -> ContinuousClock.Instant) {
            guard perMinute > 0 else { return nil }
            self.name = name
            buckets = TokenBuckets(TokenQuota(burst: burst, perMinute: perMinute), now: now)
        }
    }

    /// A limit and whom it is counted for.
    typealias Applied = (limit: Limit, client: Client)

    private let proxies: TrustedProxies
    private let owners: TokenOwners
    private let perAddress: Limit?
    private let perAccount: Limit?
    private let signIns: Limit?

    init(
        _ settings: Settings, owners: TokenOwners, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        proxies = settings.proxies
        self.owners = owners
        perAddress = Limit("default", perMinute: settings.perAddress, burst: settings.burst, now)
        perAccount = Limit("account", perMinute: settings.perAccount, burst: settings.perAccount, now)
        signIns = Limit("sign-in", perMinute: settings.signIns, burst: settings.signIns, now)
    }

    /// Counts `request`; throws 429 when one of its limits is reached. Whose its token is, is not looked at for an address
    /// that asks too often.
    func admit(_ request: Request, in context: ShopContext) async throws(Problem) {
        for applied in ofAddress(request, in: context) { try take(applied) }
        guard !Self.standard.contains(request.uri.path), let perAccount, let value = request.headers[.authorization],
            case .bearer(let token) = AuthorizationHeader(value)
        else { return }
        let applied = (perAccount, await owners.client(with: token))
        AppliedLimit.current?.note(applied)
        try take(applied)
    }

    private func take(_ applied: Applied) throws(Problem) {
        guard !applied.limit.buckets.take(applied.client) else { return }
        throw .rateLimited(retryAfter: applied.limit.buckets.level(of: applied.client).nextAfter ?? 1)
    }

    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): the limits that `request` is under
    /// and what is left; empty when it is under none.
    ///
    /// - Parameter account: the limit of its account, if that was found out.
    func fields(for request: Request, in context: ShopContext, account: Applied?) -> HTTPFields {
        var limits = ofAddress(request, in: context)
        if let account { limits.append(account) }
        guard !limits.isEmpty else { return [:] }
        var fields = HTTPFields()
        fields[.rateLimitPolicy] = limits.map { limit, _ in
            "\"\(limit.name)\";q=\(limit.buckets.quota.burst);w=\(limit.buckets.quota.window)"
        }.joined(separator: ", ")
        fields[.rateLimit] = limits.map { limit, client in
            let level = limit.buckets.level(of: client)
            return "\"\(limit.name)\";r=\(level.remaining)" + (level.nextAfter.map { ";t=\($0)" } ?? "")
        }.joined(separator: ", ")
        return fields
    }

    private func ofAddress(_ request: Request, in context: ShopContext) -> [Applied] {
        guard !Self.standard.contains(request.uri.path) else { return [] }
        let address = Client.address(proxies.client(of: request, in: context)?.client)
        var limits: [Applied] = []
        if let perAddress { limits.append((perAddress, address)) }
        if let signIns, Self.isSignIn(request) { limits.append((signIns, address)) }
        return limits
    }

    /// What the orchestrator asks for; it must not be told that the gateway is ill because clients are busy.
    private static let standard: Set<String> = ["/health", "/readyz", "/livez", "/metrics"]

    private static func isSignIn(_ request: Request) -> Bool {
        guard request.method == .post, let target = try? RequestTarget(request.uri) else { return false }
        return [["api", "users", "login"], ["api", "users", "register"], ["api", "users", "me", "password"]]
            .contains(target.segments)
    }
}

extension Problem {
    static func rateLimited(retryAfter seconds: Int) -> Problem {
        Problem(
            type: "rate-limited", status: .tooManyRequests, title: "Too many requests",
            headers: [.retryAfter: String(seconds)])
    }
}

extension HTTPField.Name {
    static let rateLimitPolicy = ours("RateLimit-Policy")
    static let rateLimit = ours("RateLimit")
}
