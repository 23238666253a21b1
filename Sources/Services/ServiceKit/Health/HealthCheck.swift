import GRDB
import Hummingbird
import Logging

/// Something a service needs in order to answer. `probe` throws when it is not there, else says what is shown for it.
package struct HealthCheck: Sendable {
    package let name: String
    package let probe: @Sendable () async throws -> JSONValue

    /// A check that is shown as `OK` or `FAIL`.
    package init(_ name: String, probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.probe = {
            try await probe()
            return "OK"
        }
    }

    private init(name: String, probe: @escaping @Sendable () async throws -> JSONValue) {
        self.name = name
        self.probe = probe
    }

    /// Something worth showing that never makes the service unhealthy.
    package static func detail(_ name: String, _ detail: @escaping @Sendable () -> JSONValue) -> HealthCheck {
        HealthCheck(name: name) { detail() }
    }

    /// The database can be read, and written where it is ours to write.
    ///
    /// A read alone would not do: `SELECT 1` never opens the file, and in WAL mode a reader does not notice that
    /// somebody keeps the writers out. Nothing is written, and the lock is waited for only `patience` long, since
    /// whoever asks gives up after a second.
    package static func database(
        _ database: any DatabaseReader, patience: Duration = .milliseconds(500)
    ) -> HealthCheck {
        HealthCheck("database") {
            _ = try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
            guard let writer = database as? any DatabaseWriter else { return }
            try await writer.writeWithoutTransaction { connection in
                try connection.waiting(patience) { try $0.inTransaction(.immediate) { .rollback } }
            }
        }
    }
}

extension Database {
    /// Runs `body` with another busy timeout than the connection has.
    fileprivate func waiting(_ patience: Duration, _ body: (Database) throws -> Void) throws {
        let usual = try Int.fetchOne(self, sql: "PRAGMA busy_timeout") ?? 0
        try setBusyTimeout(milliseconds: Int(patience / .milliseconds(1)))
        do {
            try body(self)
        } catch {
            try setBusyTimeout(milliseconds: usual)
            throw error
        }
        try setBusyTimeout(milliseconds: usual)
    }

    private func setBusyTimeout(milliseconds: Int) throws {
        // The statement has a row, the timeout as set.
        _ = try Int.fetchOne(self, sql: "PRAGMA busy_timeout = \(milliseconds)")
    }
}

/// `GET /readyz`: whether to send requests here, 503 when a check fails, which is named, or the instance is draining.
/// `GET /health`: the same with detail. `GET /livez`: the process alone.
struct HealthRoutes {
    let settings: ServiceSettings
    let readiness: Readiness
    let checks: [HealthCheck]
    let metrics: MetricsRegistry

    var routes: [Route] {
        [
            .get("/health", access: .anyone) { _, context in await health(context) },
            .get("/readyz", access: .anyone) { _, context in await readiness(context) },
            .get("/livez", access: .anyone) { _, _ in .json(.ok, ["status": "OK"]) },
            .get("/metrics", access: .anyone) { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text())))
            },
        ]
    }

    private func readiness(_ context: ShopContext) async -> Response {
        let (isReady, results) = await probe(context)
        guard !isReady else { return .json(.ok, ["status": "OK"]) }
        let failed = results.filter { $0.value == "FAIL" }.map { JSONValue.string($0.name) }
        return .json(
            .serviceUnavailable,
            ["status": "FAIL", "failed": .array(failed), "draining": .bool(readiness.isDraining)])
    }

    private func health(_ context: ShopContext) async -> Response {
        var (isReady, results) = await probe(context)
        let mebibyte = 1024 * 1024
        results.append(
            .init(
                "memory",
                [
                    "used": .integer(Int64(ProcessMemory.resident() / mebibyte)),
                    "total": .integer(Int64(ProcessMemory.machine() / mebibyte)),
                ]))
        return .json(
            isReady ? .ok : .serviceUnavailable,
            [
                "service": .string(settings.name), "instance": .string(settings.instance),
                "status": isReady ? "OK" : "FAIL", "timestamp": Timestamp.now().json,
                "draining": .bool(readiness.isDraining), "checks": .object(results),
            ])
    }

    /// Whether every check passes and the instance is not draining, and what each check shows.
    private func probe(_ context: ShopContext) async -> (isReady: Bool, results: [JSONValue.Member]) {
        var results: [JSONValue.Member] = []
        var isReady = !readiness.isDraining
        for check in checks {
            do {
                results.append(.init(check.name, try await check.probe()))
            } catch {
                isReady = false
                context.logger.warning("health check failed", error: error, metadata: ["check": .string(check.name)])
                results.append(.init(check.name, "FAIL"))
            }
        }
        return (isReady, results)
    }
}
