import Foundation
import Manifest
import StateDirectory

/// One change of what is known.
package enum SupervisorUpdate: Sendable {
    case all([InstanceStatus])
    case changed(InstanceStatus)
    case removed(InstanceID)
    case rollout(Rollout)
}

/// What others see: watchers, state.db and endpoints.json.
extension Supervisor {
    /// The rollouts that count, the status of every instance, then each change. A watcher that does not read loses the
    /// oldest changes beyond 10,000; nothing here waits for it.
    package func watch() -> AsyncStream<SupervisorUpdate> {
        // What was before is in the first word already.
        announce()
        let number = nextWatcher
        nextWatcher += 1
        let (stream, continuation) = AsyncStream<SupervisorUpdate>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        continuation.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.forgetWatcher(number) }
        }
        for rollout in rollouts.values.sorted(by: { $0.service < $1.service }) { continuation.yield(.rollout(rollout)) }
        continuation.yield(.all(statuses()))
        if isEnding {
            continuation.finish()
        } else {
            watchers[number] = continuation
        }
        return stream
    }

    package func statuses() -> [InstanceStatus] {
        instances.values.sorted { $0.id < $1.id }.map(status)
    }

    private func status(_ instance: Instance) -> InstanceStatus {
        instance.status(stop: stops[instance.id], isChanging: rollouts[instance.id.service]?.isUnderWay == true)
    }

    /// The name of the project as the last request gave it.
    package var projectName: String { project.name }

    /// Ends every watcher's stream, and that of who comes later after its first word; the daemon is about to end.
    package func finishWatchers() {
        announce()
        isEnding = true
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }

    private func forgetWatcher(_ number: Int) { watchers[number] = nil }

    func tell(_ update: SupervisorUpdate) { untold.append(update) }

    /// Notes a change for state.db. Those of one batch are one transaction: a next daemon finds all of a step, or nothing.
    func writeDown(_ changes: StateWriter.Change...) { unwritten += changes }
    func writeDown(_ changes: [StateWriter.Change]) { unwritten += changes }

    /// Hands what the batch has come to over to the writer, then tells watchers: who has been told finds it written down.
    func announce() {
        if !unwritten.isEmpty { writer.enqueue(unwritten) }
        for update in untold {
            for watcher in watchers.values { watcher.yield(update) }
        }
        unwritten = []
        untold = []
    }

    /// Tells watchers and state.db, if there is news.
    func publish(_ id: InstanceID) {
        guard let instance = instances[id] else { return }
        let status = status(instance)
        guard status != instance.published else { return }
        instances[id]?.published = status
        writeDown(.instance(status))
        tell(.changed(status))
    }

    /// Writes endpoints.json when the set of ready instances is another one.
    func refreshEndpoints() {
        guard endpointsAreStale, !isTooSoonForEndpoints() else { return }
        var services: [String: [Endpoints.Endpoint]] = [:]
        for instance in instances.values.sorted(by: { $0.id < $1.id }) {
            guard instance.machine.isReady, instance.drain == .none, let port = instance.spec?.port else { continue }
            services[instance.id.service, default: []].append(
                .init(instance: instance.id.description, url: "http://127.0.0.1:\(port)"))
        }
        let next = Endpoints(services: services)
        guard next != endpoints else {
            endpointsAreStale = false
            return
        }
        do {
            try next.write(layout)
            endpoints = next
            endpointsAreStale = false
            endpointsWritten = Time.monotonic
        } catch {
            // Tried again with the next event; `status` shows what is ready meanwhile.
        }
    }

    /// A file of more than a hundred addresses is written every 20 ms at most: hundreds of instances that become ready one
    /// after another would have it written as many times.
    private func isTooSoonForEndpoints() -> Bool {
        guard endpoints.services.count > 100 else { return false }
        let since = Time.monotonic - endpointsWritten
        guard since < 20 else { return false }
        if !endpointsAreScheduled {
            endpointsAreScheduled = true
            Task { [weak self] in
                // Never cancelled.
                try? await Task.sleep(for: .milliseconds(20 - since))
                await self?.endpointsAreDue()
            }
        }
        return true
    }

    /// The batch that this is part of writes them.
    private func endpointsAreDue() {
        endpointsAreScheduled = false
        agenda.endpoints = true
    }
}
