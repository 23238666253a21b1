import TestSupport

/// A project of eight services that differ in everything the supervisor looks at, and that changes as a person changes it.
struct ChaosManifest {
    /// Those that may have more than one.
    private(set) var replicas = ["api": 2, "worker": 3]
    /// Another number is another definition.
    private var versions: [String: Int] = [:]
    private(set) var hasExtra = true

    static let names = ["base", "db", "api", "web", "worker", "job", "after", "extra"]

    var services: [String] { Self.names.filter { hasExtra || $0 != "extra" } }

    /// Every instance that is to be there.
    var instances: Set<String> {
        Set(services.flatMap { name in (1...(replicas[name] ?? 1)).map { "\(name).\($0)" } })
    }

    mutating func change(_ name: String) { versions[name, default: 0] += 1 }
    mutating func scale(_ name: String, to count: Int) { replicas[name] = count }
    mutating func toggleExtra() { hasExtra.toggle() }

    var text: String {
        let patient = "delay: 10ms, max_delay: 200ms, max_attempts: 100000, window: 1s"
        return """
            services:
              base:
            \(service("base"))
                deploy: { restart_policy: { condition: any, \(patient) } }
              db:
            \(service("db", "http=1"))
                ports: [auto]
                healthcheck: \(Self.probe)
                depends_on: [base]
                deploy: { restart_policy: { condition: on-failure, \(patient) } }
              api:
            \(service("api", "http=1", "listen-after=40"))
                ports: [auto]
                healthcheck: \(Self.probe)
                depends_on: { db: { condition: service_healthy } }
                deploy: { replicas: \(replicas["api"] ?? 1), restart_policy: { condition: any, \(patient) } }
              web:
            \(service("web", "http=1"))
                ports: [auto]
                healthcheck: \(Self.probe)
                liveness: \(Self.probe)
                depends_on: { api: { condition: service_healthy, restart: true } }
                deploy: { restart_policy: { condition: on-failure, \(patient) } }
              worker:
            \(service("worker", "grandchild=1"))
                stop_grace_period: 200ms
                depends_on: [base]
                deploy: { replicas: \(replicas["worker"] ?? 1), restart_policy: { condition: any, \(patient) } }
              job:
            \(service("job", "exit-after=50"))
              after:
            \(service("after", "ignore-term=1"))
                stop_grace_period: 150ms
                ready_on: { log: '"number":3' }
                depends_on: { job: { condition: service_completed_successfully, required: false } }
                deploy: { restart_policy: { condition: on-failure, \(patient) } }

            """ + (hasExtra ? "  extra:\n\(service("extra", "term-delay=50"))\n" : "")
    }

    private static let probe = "{ http: /health, interval: 200ms, timeout: 20s, retries: 20 }"

    private func service(_ name: String, _ arguments: String...) -> String {
        let words = [BuiltProducts.fixtureService, "lines=100000000", "interval=10"] + arguments
        return """
                command: [\(words.joined(separator: ", ")), "ledger=${MSCTL_DATA_DIR}"]
                environment: { VERSION: "\(versions[name] ?? 1)" }
                logs: { runs: 100000, retain: 100GB }
            """
    }
}
