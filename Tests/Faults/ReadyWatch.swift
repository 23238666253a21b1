import CLinux
import Dispatch
import Foundation
import StateDirectory
import Synchronization
import TestSupport

/// A client that never stops: it asks every address of a service in endpoints.json and counts who answers.
final class ReadyWatch: Sendable {
    private struct State {
        var isOver = false
        var least = Int.max
        var rounds = 0
        var silent: [String] = []
    }

    private let layout: StateLayout
    private let service: String
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    init(_ service: String, of layout: StateLayout) {
        self.service = service
        self.layout = layout
        DispatchQueue(label: "ready watch").async { self.watch() }
    }

    /// Ends the watch; to be called once.
    /// - Returns: the fewest instances that answered in one round, and the addresses that were listed and did not.
    func end() -> (least: Int, silent: [String], rounds: Int) {
        state.withLock { $0.isOver = true }
        ended.wait()
        return state.withLock { ($0.least, $0.silent, $0.rounds) }
    }

    private func watch() {
        while !state.withLock({ $0.isOver }) {
            guard let before = listed() else { continue }
            let silent = before.filter { !Self.answers($0) }
            // Who was taken off the list meanwhile may have gone.
            guard listed() == before else { continue }
            state.withLock {
                $0.least = min($0.least, before.count - silent.count)
                $0.silent += silent
                $0.rounds += 1
            }
            usleep(2_000)
        }
        ended.signal()
    }

    /// nil when the file cannot be read just now.
    private func listed() -> [String]? {
        guard let endpoints = try? Endpoints.read(layout) else { return nil }
        return endpoints.services[service]?.map(\.url) ?? []
    }

    private static func answers(_ url: String) -> Bool {
        guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else { return false }
        return Loopback.get(port)?.hasPrefix("HTTP/1.1 200") == true
    }
}
