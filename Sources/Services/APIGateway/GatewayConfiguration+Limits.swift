import ServiceKit

extension RateLimits.Settings {
    /// Far above what the clients of one address or account ask for unless they are broken or mean harm: a thousand
    /// requests a second, and five passwords a second.
    init(reading reader: inout ConfigurationReader) {
        let requests = 0...6_000_000
        perAddress = reader.integer("RATE_LIMIT_PER_MINUTE", in: requests, default: 60_000)
        burst = reader.integer("RATE_LIMIT_BURST", in: 1...6_000_000, default: max(1, perAddress))
        perAccount = reader.integer("ACCOUNT_RATE_LIMIT_PER_MINUTE", in: requests, default: 60_000)
        signIns = reader.integer("SIGN_IN_RATE_LIMIT_PER_MINUTE", in: requests, default: 300)
        proxies = reader.parsed(
            "TRUSTED_PROXIES", as: "a comma list of addresses or ranges such as 10.0.0.0/8", default: .none,
            TrustedProxies.init(list:))
    }
}

extension UpstreamProtection.Settings {
    init(reading reader: inout ConfigurationReader) {
        // No more than there are connections to one instance.
        concurrency = reader.integer(
            "UPSTREAM_MAX_CALLS", in: 1...APIGateway.connectionsPerInstance, default: 512)
        retryPercent = reader.integer("RETRY_BUDGET_PERCENT", in: 0...100, default: 20)
        circuit = CircuitPolicy(reading: &reader)
    }
}

extension CircuitPolicy {
    init(reading reader: inout ConfigurationReader) {
        self.init()
        minimumCalls = reader.integer("BREAKER_MINIMUM_CALLS", in: 1...1_000_000, default: minimumCalls)
        failurePercent = reader.integer("BREAKER_FAILURE_PERCENT", in: 1...100, default: failurePercent)
        slowPercent = reader.integer("BREAKER_SLOW_PERCENT", in: 1...100, default: slowPercent)
        slowAfter = .milliseconds(reader.integer("BREAKER_SLOW_MS", in: 1...600_000, default: 5000))
        openFor = .milliseconds(reader.integer("BREAKER_OPEN_MS", in: 1...30_000, default: 1000))
        probes = reader.integer("BREAKER_PROBES", in: 1...100, default: probes)
    }
}
