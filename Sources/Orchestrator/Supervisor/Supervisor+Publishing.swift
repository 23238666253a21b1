import Foundation
import Manifest
import StateDirectory

/// One change of what is known.
package enum SupervisorUpdate: Sendable {
    case all([InstanceStatus])
    case changed(InstanceStatus)
    case removed(InstanceID)
}

/// What others see: watchers, state.db and endpoints.json.
extension Supervisor {
    /// The status of every instance, then each change. A watcher that does not read loses the oldest changes beyond
    /// 10,000; nothing here waits for it.
    package func watch() -> AsyncStream<SupervisorUpdate> {
        let number = nextWatcher
        nextWatcher += 1
        let (stream, continuation) = AsyncStream<SupervisorUpdate>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        continuation.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.forgetWatcher(number) }
        }
        continuation.yield(.all(statuses()))
        if isEnding {
            continuation.finish()
        } else {
            watchers[number] = continuation
        }
        return stream
    }

    package func statuses() -> [InstanceStatus] {
        instances.values.sorted { $0.id < $1.id }.map { $0.status(isToStop: stops[$0.id] != nil) }
    }

    /// The name of the project as the last request gave it.
    package var projectName: String { project.name }

    /// Ends every watcher's stream, and that of who comes later after its first word; the daemon is about to end.
    package func finishWatchers() {
        isEnding = true
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }

    private func forgetWatcher(_ number: Int) { watchers[number] = nil }

    func tell(_ update: SupervisorUpdate) {
        for watcher in watchers.values { watcher.yield(update) }
    }

    /// Tells watchers and state.db, if there is news.
    func publish(_ id: InstanceID) {
        guard let instance = instances[id] else { return }
        let status = instance.status(isToStop: stops[id] != nil)
        guard status != instance.published else { return }
        instances[id]?.published = status
        writer.enqueue([.instance(status)])
        tell(.changed(status))
    }

    /// Writes endpoints.json when the set of ready instances is another one.
    func refreshEndpoints() {
        var services: [String: [Endpoints.Endpoint]] = [:]
        for instance in instances.values.sorted(by: { $0.id < $1.id }) {
            guard instance.machine.isReady, let port = instance.spec?.port else { continue }
            services[instance.id.service, default: []].append(
                .init(instance: instance.id.description, url: "http://127.0.0.1:\(port)"))
        }
        let next = Endpoints(services: services)
        guard next != endpoints || endpointsAreStale else { return }
        endpoints = next
        do {
            try next.write(layout)
            endpointsAreStale = false
        } catch {
            endpointsAreStale = true  // Tried again with the next event; `status` shows what is ready meanwhile.
        }
    }
}
