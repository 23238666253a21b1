import Foundation
import Logging
import Synchronization

/// One ready instance of a service. Handed on and kept with every request, hence by reference.
package final class Endpoint: Sendable, Hashable {
    package let instance: String
    package let url: URL
    /// A name or an address, IPv6 without brackets.
    package let host: String
    package let port: Int
    /// `host:port`, as a `Host` field has it.
    package let authority: String

    package init(instance: String, url: URL) {
        self.instance = instance
        self.url = url
        let name = url.host() ?? ""
        host = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        port = url.port ?? 80
        authority = (host.contains(":") ? "[\(host)]" : host) + (url.port.map { ":\($0)" } ?? "")
    }

    package static func == (one: Endpoint, other: Endpoint) -> Bool {
        one === other || (one.authority == other.authority && one.instance == other.instance)
    }

    /// A URL takes long to hash, and is nothing that its authority is not.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(authority)
    }
}

/// The ready instances of every service, from the file that the orchestrator replaces whenever readiness changes.
///
/// Looked at when used, at most every 20 ms; read again when it is another file (inode, time, size). No watcher: a look
/// costs microseconds, costs nothing while nobody asks, cannot miss an event, and the orchestrator waits for ten times as
/// long before it stops what it has withdrawn. A file that cannot be read or understood leaves the last good answer in
/// force and a warning in the log.
package final class Endpoints: Sendable {
    private struct State {
        var services: [String: [Endpoint]] = [:]
        /// Those of them that were asked for. Few: to look through them costs less than to hash.
        var asked: [(service: String, ready: [Endpoint])] = []
        var stamp: FileStamp?
        var lastLook: ContinuousClock.Instant?
    }

    private static let interval = Duration.milliseconds(20)
    private let path: String
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    package init(
        path: String, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.path = path
        self.logger = logger
        self.now = now
    }

    /// The ready instances of `service`; empty when there are none.
    package func ready(_ service: String) -> [Endpoint] {
        state.withLock { state in
            let now = now()
            if state.lastLook.map({ $0.duration(to: now) >= Self.interval }) ?? true {
                state.lastLook = now
                look(&state)
            }
            for known in state.asked where known.service == service { return known.ready }
            let ready = state.services[service] ?? []
            state.asked.append((service, ready))
            return ready
        }
    }

    private func look(_ state: inout State) {
        guard let stamp = FileStamp(path) else { return }
        guard stamp != state.stamp else { return }
        state.stamp = stamp
        guard let contents = FileManager.default.contents(atPath: path), let services = Self.parse([UInt8](contents))
        else {
            logger.warning("the endpoints file makes no sense; the last good one stays in force")
            return
        }
        state.services = services
        state.asked = []
    }

    /// nil unless the bytes are a document of schema `msctl.endpoints/1`.
    package static func parse(_ bytes: [UInt8]) -> [String: [Endpoint]]? {
        guard let document = try? JSONParser.parse(bytes), document["schema"]?.string == "msctl.endpoints/1",
            case .object(let members)? = document["services"]
        else { return nil }
        var services: [String: [Endpoint]] = [:]
        for member in members {
            guard let list = member.value.array else { return nil }
            var endpoints: [Endpoint] = []
            for entry in list {
                guard let instance = entry["instance"]?.string,
                    let url = entry["url"]?.string.flatMap(URL.init(string:))
                else { return nil }
                endpoints.append(Endpoint(instance: instance, url: url))
            }
            services[member.name] = endpoints
        }
        return services
    }
}
