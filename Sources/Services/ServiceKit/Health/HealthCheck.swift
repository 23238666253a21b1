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

    /// The database answers a read.
    package static func database(_ database: any DatabaseReader) -> HealthCheck {
        HealthCheck("database") {
            try await database.read { try $0.execute(sql: "SELECT 1") }
        }
    }
}

/// `GET /readyz`: whether to send requests here, 503 when a check fails or the instance is draining. `GET /health`: the
/// same with detail. `GET /livez`: the process alone.
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
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text())))
            },
        ]
    }

    private func readiness(_ context: ShopContext) async -> Response {
        let isReady = await probe(context).isReady
        return .json(isReady ? .ok : .serviceUnavailable, ["status": isReady ? "OK" : "FAIL"])
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
