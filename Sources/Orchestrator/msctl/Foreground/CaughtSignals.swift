import CLinux
import Foundation
import Synchronization

/// Where the handler writes what came; set once, before the first handler is there.
private nonisolated(unsafe) var arrivals: Int32 = -1

/// Signals that end or steer a command in the foreground, in the order in which they came.
///
/// SIGHUP stays ignored when msctl was started so: nohup(1) wants it. SIGINT does not, although shells start their background
/// jobs so: who sends it wants an end.
final class CaughtSignals: Sendable {
    struct Arrival: Sendable, Hashable {
        let number: Int32
        /// Everybody in the foreground process group has got it, not only msctl.
        let isFromTerminal: Bool
        /// How many came before it, and itself.
        let count: Int
    }

    private struct State {
        var arrivals: [Arrival] = []
        var waiting:
            [Int: (isWanted: @Sendable (Arrival) -> Bool, continuation: CheckedContinuation<Arrival?, Never>)] =
                [:]
        var next = 0
    }
    private let state = Mutex(State())

    /// One set for the whole process.
    static func catching(_ numbers: [Int32]) throws(CommandFailure) -> CaughtSignals {
        let signals = CaughtSignals()
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { throw .failed("signals cannot be caught: errno \(clinux_errno())") }
        arrivals = ends.write
        let input = ends.read
        Thread.detachNewThread {
            var record: (number: Int32, isFromTerminal: Int32) = (0, 0)
            while CLinux.read(input, &record, 8) == 8 {
                signals.note(record.number, isFromTerminal: record.isFromTerminal != 0)
            }
        }
        for number in numbers where number != SIGHUP || clinux_is_ignored(SIGHUP) == 0 {
            _ = clinux_catch(number) { number, info, _ in
                // Only what may be called here (signal-safety(7)); a write of 8 bytes to a pipe is whole or not at all.
                var record = (number, info.map { clinux_is_from_kernel($0) } ?? 0)
                _ = CLinux.write(arrivals, &record, 8)
            }
        }
        return signals
    }

    /// How many have come.
    var count: Int { state.withLock { $0.arrivals.count } }

    /// The first that comes, or came, after so many others and is wanted; nil when the task is cancelled.
    func next(after count: Int, where isWanted: @escaping @Sendable (Arrival) -> Bool = { _ in true }) async -> Arrival?
    {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let wanted: @Sendable (Arrival) -> Bool = { $0.count > count && isWanted($0) }
                let (isOver, arrival) = state.withLock { state in
                    let arrival = state.arrivals.first(where: wanted)
                    let isOver = arrival != nil || Task.isCancelled
                    if !isOver { state.waiting[number] = (wanted, continuation) }
                    return (isOver, arrival)
                }
                if isOver { continuation.resume(returning: arrival) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.continuation.resume(returning: nil)
        }
    }

    private func note(_ number: Int32, isFromTerminal: Bool) {
        let (arrival, waiting) = state.withLock { state in
            let arrival = Arrival(
                number: number, isFromTerminal: isFromTerminal, count: state.arrivals.count + 1)
            state.arrivals.append(arrival)
            let met = state.waiting.filter { $0.value.isWanted(arrival) }
            for key in met.keys { state.waiting[key] = nil }
            return (arrival, met.values.map(\.continuation))
        }
        for continuation in waiting { continuation.resume(returning: arrival) }
    }
}

extension CaughtSignals.Arrival {
    /// SIGINT, SIGTERM, SIGHUP, SIGQUIT: somebody wants the command to end.
    var asksToEnd: Bool { [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number) }
}
