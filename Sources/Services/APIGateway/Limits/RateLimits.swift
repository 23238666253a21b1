import HTTPTypes
import NIOHTTP1
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

    final class Limit: Sendable {
        let buckets: TokenBuckets<Client>
        /// As it is told to clients: the limit itself, and the beginning of what is left.
        let policy: String
        let remaining: String

        /// nil when there is none.
        init?(_ name: String, perMinute: Int, burst: Int, _ now: @escaping @Sendable () -> ContinuousClock.Instant) {
            guard perMinute > 0 else { return nil }
            let quota = TokenQuota(burst: burst, perMinute: perMinute)
            buckets = TokenBuckets(quota, now: now)
            policy = "\"\(name)\";q=\(quota.burst);w=\(quota.window)"
            remaining = "\"\(name)\";r="
        }
    }

    private let owners: TokenOwners
    private let perAddress: Limit?
    private let perAccount: Limit?
    private let signIns: Limit?

    init(
        _ settings: Settings, owners: TokenOwners, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.owners = owners
        perAddress = Limit("default", perMinute: settings.perAddress, burst: settings.burst, now)
        perAccount = Limit("account", perMinute: settings.perAccount, burst: settings.perAccount, now)
        signIns = Limit("sign-in", perMinute: settings.signIns, burst: settings.signIns, now)
    }

    /// Counts a request of `address`; throws 429 when one of its limits is reached. What it is under is told in `told`.
    func admit(_ address: IPAddress?, isSignIn: Bool, telling told: inout RateLimitFields) throws(Problem) {
        let client = Client.address(address?.client)
        var refusal: Problem?
        if let perAddress { refusal = take(perAddress, client, telling: &told) }
        if isSignIn, let signIns {
            if refusal == nil {
                refusal = take(signIns, client, telling: &told)
            } else {
                told.add(signIns, signIns.buckets.level(of: client))
            }
        }
        if let refusal { throw refusal }
    }

    /// Tells in `told` what requests of `address` are under, for one that is refused before it is counted.
    func tell(_ address: IPAddress?, in told: inout RateLimitFields) {
        guard let perAddress else { return }
        told.add(perAddress, perAddress.buckets.level(of: .address(address?.client)))
    }

    /// Counts a request of the account `client`; throws 429 when its limit is reached.
    func admit(_ client: Client, telling told: inout RateLimitFields) throws(Problem) {
        guard let perAccount else { return }
        if let refusal = take(perAccount, client, telling: &told) { throw refusal }
    }

    /// Whose `Authorization` this is; nil when it is counted for nobody.
    func owner(of authorization: String) -> TokenOwners.Answer? {
        guard perAccount != nil, case .bearer(let token) = AuthorizationHeader(authorization) else { return nil }
        return owners.owner(of: token)
    }

    /// Whose `token` is, when it has to be verified first.
    func identify(_ token: String) async -> Client {
        await owners.client(with: token)
    }

    /// Takes a token; the problem when there is none.
    private func take(_ limit: Limit, _ client: Client, telling told: inout RateLimitFields) -> Problem? {
        let (isTaken, level) = limit.buckets.takeWithLevel(client)
        told.add(limit, level)
        return isTaken ? nil : .rateLimited(retryAfter: level.nextAfter ?? 1)
    }

    /// What the orchestrator asks for; it must not be told that the gateway is ill because clients are busy.
    static let standard: Set<String> = ["/health", "/readyz", "/livez", "/metrics"]

    /// Whether a request tries a password, or makes an account.
    static func isSignIn(_ method: HTTPMethod, _ target: RequestTarget) -> Bool {
        guard method == .POST else { return false }
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
