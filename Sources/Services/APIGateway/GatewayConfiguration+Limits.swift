import ServiceKit

extension RateLimits.Settings {
    /// Far above what the clients of one address or account ask for unless they are broken or mean harm: a thousand
    /// requests a second, and five passwords a second.
    init(reading reader: inout ConfigurationReader) {
        let requests = 0...6_000_000
        perAddress = reader.integer("RATE_LIMIT_PER_MINUTE", in: requests, default: 60_000)
        if perAddress == 0, reader.optionalString("RATE_LIMIT_BURST") != nil {
            reader.note("RATE_LIMIT_BURST", "has no effect while RATE_LIMIT_PER_MINUTE is 0")
        }
        burst = reader.integer("RATE_LIMIT_BURST", in: 1...6_000_000, default: max(1, perAddress))
        perAccount = reader.integer("ACCOUNT_RATE_LIMIT_PER_MINUTE", in: requests, default: 60_000)
        signIns = reader.integer("SIGN_IN_RATE_LIMIT_PER_MINUTE", in: requests, default: 300)
        proxies = reader.parsed(
            "TRUSTED_PROXIES", as: "a comma list of addresses or ranges such as 10.0.0.0/8", default: .none,
            TrustedProxies.init(list:))
    }
}

extension UpstreamProtection.Settings {
    /// - Parameter timeout: the longest that a call takes.
    init(reading reader: inout ConfigurationReader, within timeout: Duration) {
        // Each has a connection of its own.
        concurrency = reader.integer("UPSTREAM_MAX_CALLS", in: 1...1024, default: 512)
        retryPercent = reader.integer("RETRY_BUDGET_PERCENT", in: 0...100, default: 20)
        circuit = CircuitPolicy(reading: &reader, within: timeout)
    }
}

extension CircuitPolicy {
    /// - Parameter timeout: no call takes longer, so none would ever be slow that is only slow after it.
    init(reading reader: inout ConfigurationReader, within timeout: Duration) {
        self.init()
        minimumCalls = reader.integer("BREAKER_MINIMUM_CALLS", in: 1...1_000_000, default: minimumCalls)
        failurePercent = reader.integer("BREAKER_FAILURE_PERCENT", in: 1...100, default: failurePercent)
        slowPercent = reader.integer("BREAKER_SLOW_PERCENT", in: 1...100, default: slowPercent)
        let longest = Int(timeout / .milliseconds(1))
        slowAfter = .milliseconds(reader.integer("BREAKER_SLOW_MS", in: 1...600_000, default: min(5000, longest)))
        if slowAfter > timeout { reader.note("BREAKER_SLOW_MS", "must not be more than UPSTREAM_TIMEOUT_MS") }
        openFor = .milliseconds(reader.integer("BREAKER_OPEN_MS", in: 1...30_000, default: 1000))
        probes = reader.integer("BREAKER_PROBES", in: 1...100, default: probes)
    }
}
