import ServiceKit
import ServiceLifecycle

/// A service that runs as its process would run it, on its own server.
package struct LiveService: Sendable {
    package let port: Int
    fileprivate let group: ServiceGroup

    /// Asks it to stop, as SIGTERM does.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }
}

/// Runs `test` beside a service on `runtime`'s socket or port, and stops the service.
package func withLiveService(
    _ parts: ServiceParts, in runtime: ServiceRuntime = .test(),
    _ test: @escaping @Sendable (LiveService) async throws -> Void
) async throws {
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let group = ServiceMain.group(parts, in: runtime) { port in announce.yield(port) }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { announce.finish() }
            try await group.run()
        }
        tasks.addTask {
            // None when the service could not start; then the other task throws.
            for await port in ports {
                do {
                    try await test(LiveService(port: port, group: group))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
        }
        try await tasks.waitForAll()
    }
}
