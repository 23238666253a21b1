import ServiceKit
import ServiceLifecycle

/// A service that runs as its process would run it, on its own server.
package struct LiveService: Sendable {
    package let port: Int
    private let group: ServiceGroup
    private let life: Task<Void, any Error>

    /// It ended before it listened.
    package struct NeverListened: Error {}

    /// A service on `runtime`'s socket or port, which listens now. Whoever starts it ends it.
    package static func start(_ parts: ServiceParts, in runtime: ServiceRuntime = .test()) async throws -> LiveService {
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let group = ServiceMain.group(parts, in: runtime) { port in announce.yield(port) }
        let life = Task {
            defer { announce.finish() }
            try await group.run()
        }
        for await port in ports { return LiveService(port: port, group: group, life: life) }
        try await life.value
        throw NeverListened()
    }

    /// Asks it to stop, as SIGTERM does.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// Stops it and waits for its end.
    package func end() async throws {
        await stop()
        try await life.value
    }
}

/// Runs `test` beside a service on `runtime`'s socket or port, and stops the service.
package func withLiveService(
    _ parts: ServiceParts, in runtime: ServiceRuntime = .test(), _ test: (LiveService) async throws -> Void
) async throws {
    let service = try await LiveService.start(parts, in: runtime)
    do {
        try await test(service)
    } catch {
        try await service.end()
        throw error
    }
    try await service.end()
}
