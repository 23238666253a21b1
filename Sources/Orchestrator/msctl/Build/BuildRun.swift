import Foundation
import Glibc

/// One build command, run by a thread of its own; what it prints arrives line by line.
struct BuildRun {
    let command: [String]
    let directory: String
    let environment: [String: String]

    enum Event: Sendable {
        case line(String)
        /// The exit code; the last event.
        case ended(Int32)
    }

    /// The command goes on when nobody reads any more: a half-written build directory helps nobody.
    func events() -> AsyncThrowingStream<Event, any Error> {
        let (events, sink) = AsyncThrowingStream.makeStream(of: Event.self)
        let run = self
        Thread.detachNewThread {
            do {
                sink.yield(.ended(try run.runBlocking { sink.yield(.line($0)) }))
                sink.finish()
            } catch {
                sink.finish(throwing: error)
            }
        }
        return events
    }

    private func runBlocking(_ onLine: (String) -> Void) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ChildError(program: "pipe", errno: errno) }
        let (input, output) = (ends[0], ends[1])
        defer { close(input) }
        let child: ChildProcess
        do {
            defer { close(output) }
            child = try ChildProcess.start(
                command[0], arguments: Array(command.dropFirst()), directory: directory, environment: environment,
                output: .descriptor(output))
        }
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(input, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            rest += chunk[..<count]
            let lines = rest.split(separator: 10, omittingEmptySubsequences: false)
            for line in lines.dropLast() { onLine(String(decoding: line, as: UTF8.self)) }
            rest = lines.last.map(Array.init) ?? []
        }
        if !rest.isEmpty { onLine(String(decoding: rest, as: UTF8.self)) }
        return child.wait()
    }
}
