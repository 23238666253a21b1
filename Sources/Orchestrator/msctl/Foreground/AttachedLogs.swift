import Foundation
import LogStore
import StateDirectory
import SystemPackage

/// The lines that services write from now on, printed to stdout. Its reader may stop reading for as long as it likes:
/// nothing else waits for it.
final class AttachedLogs: Sendable {
    private let follower: LogFollower
    private let gone = Latch<Void>()
    private let over = Latch<Void>()

    /// Returns when the first line of a service that is started now cannot be missed any more.
    ///
    /// - Parameters:
    ///   - services: empty for all.
    ///   - complain: told once when the logs can no longer be read; the services are not concerned.
    static func start(
        _ layout: StateLayout, services: [String], printer: LogPrinter, complain: @escaping @Sendable (String) -> Void
    ) async throws(CommandFailure) -> AttachedLogs {
        try CommandFailure.reading { () throws(StateError) in try AtomicFile.makeDirectory(layout.runs) }
        var query = LogQuery()
        query.services = services
        query.tail = 0
        do {
            let logs = AttachedLogs(try await LogFollower.start(layout: layout, query: query))
            logs.begin(printer, complain)
            return logs
        } catch let error as LogError {
            throw CommandFailure(error)
        } catch {
            throw .failed("the logs cannot be read: \(error)")
        }
    }

    private init(_ follower: LogFollower) { self.follower = follower }

    /// Returns when nobody reads stdout any more, or when the task is cancelled.
    func readerHasGone() async -> Bool { await gone.value() != nil }

    /// What was written until now is still printed, if its reader takes it within `limit`.
    func finish(within limit: Duration = .seconds(2)) async {
        follower.finish()
        await Race.first({ await self.over.value() }, { try? await Task.sleep(for: limit) })
    }

    /// The task ends with the follower, or with the process: a reader that does not read cannot be waited for.
    private func begin(_ printer: LogPrinter, _ complain: @escaping @Sendable (String) -> Void) {
        Task.detached { [self] in
            var printer = printer
            do {
                for try await lines in follower {
                    var bytes: [UInt8] = []
                    for line in lines { printer.append(line, to: &bytes) }
                    if await !Self.write(bytes) {
                        gone.set(())
                        break
                    }
                }
            } catch {
                complain("the logs cannot be read any more: \(error)")
            }
            over.set(())
        }
    }

    /// By a thread of its own, because it may block; false when nobody reads any more.
    private static func write(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: (try? FileDescriptor.standardOutput.writeAll(bytes)) != nil)
            }
        }
    }
}
