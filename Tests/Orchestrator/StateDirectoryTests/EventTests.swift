import Foundation
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }
    private let a = InstanceID(service: "a", replica: 1)
    private let b = InstanceID(service: "b", replica: 2)

    @Test func `events come in the order they were written in, with all that is known of them`() async throws {
        #expect(try StateReader(layout: layout).events() == [])
        let writer = try writer()
        writer.enqueue([
            .event("started", a, run: 1, detail: nil, time: 5), .event("exited", b, run: 2, detail: "code 3", time: 4),
        ])
        await writer.flush()
        #expect(
            try StateReader(layout: layout).events() == [
                StoredEvent(sequence: 1, time: 5, event: "started", service: "a", instance: "a.1", run: 1),
                StoredEvent(
                    sequence: 2, time: 4, event: "exited", service: "b", instance: "b.2", run: 2, detail: "code 3"),
            ])
    }

    @Test func `services, instances, time and tail narrow together`() async throws {
        let writer = try writer()
        writer.enqueue((1...10).map { .event("e", $0.isMultiple(of: 2) ? b : a, run: 1, detail: nil, time: $0) })
        await writer.flush()
        let reader = StateReader(layout: layout)
        func sequences(_ change: (inout EventQuery) -> Void) throws -> [Int64] {
            var query = EventQuery()
            change(&query)
            return try reader.events(query).map(\.sequence)
        }
        #expect(try sequences { $0.services = ["a"] } == [1, 3, 5, 7, 9])
        #expect(try sequences { $0.services = ["b.2"] } == [2, 4, 6, 8, 10])
        #expect(try sequences { $0.services = ["b.1"] } == [])
        #expect(try sequences { $0.tail = 3 } == [8, 9, 10])
        #expect(try sequences { $0.tail = 0 } == [])
        #expect(try sequences { ($0.services, $0.tail, $0.since) = (["a", "b.2"], 2, 9) } == [9, 10])
        #expect(try sequences { ($0.after, $0.since) = (4, 7) } == [7, 8, 9, 10])
    }

    @Test func `a follower gives every event once, however the daemons that write them come and go`() async throws {
        let follower = Follower(layout)
        let total = 600
        for daemon in 0..<6 {
            // Each begins where the last has ended; the first even makes the directory.
            let writer = try writer()
            for number in 0..<100 {
                writer.enqueue([.event("e", a, run: daemon * 100 + number, detail: nil, time: 1)])
                if number.isMultiple(of: 7) { await writer.flush() }
            }
            await writer.flush()
        }
        let events = try await follower.events(total)
        #expect(events.map(\.sequence) == Array(1...Int64(total)))
        #expect(events.map(\.run) == Array(0..<total))
    }

    @Test func `an event is told at once, not when somebody happens to look`() async throws {
        let writer = try writer()
        let follower = Follower(layout)
        for number in 1...200 {
            writer.enqueue([.event("e", a, run: number, detail: nil, time: 1)])
            // Without the next event being there to wake it.
            #expect(try await follower.events(1).map(\.run) == [number])
        }
    }

    @Test func `with a tail of 0 only what is new is told`() async throws {
        let writer = try writer()
        writer.enqueue([.event("old", a, run: 1, detail: nil, time: 1)])
        await writer.flush()
        var query = EventQuery()
        query.tail = 0
        let follower = try EventFollower(layout: layout, query: query)
        #expect(try follower.next(milliseconds: 0) == [])
        writer.enqueue([.event("new", a, run: 1, detail: nil, time: 1)])
        await writer.flush()
        #expect(try follower.next(milliseconds: 10_000).map(\.event) == ["new"])
    }

    @Test func `events of others are not told, and do not come again`() async throws {
        let writer = try writer()
        var query = EventQuery()
        query.services = ["b"]
        let follower = try EventFollower(layout: layout, query: query)
        writer.enqueue([.event("1", b, run: 1, detail: nil, time: 1), .event("2", a, run: 1, detail: nil, time: 1)])
        await writer.flush()
        #expect(try follower.next(milliseconds: 10_000).map(\.event) == ["1"])
        #expect(try follower.next(milliseconds: 0) == [])
        writer.enqueue([.event("3", b, run: 1, detail: nil, time: 1)])
        await writer.flush()
        #expect(try follower.next(milliseconds: 10_000).map(\.event) == ["3"])
    }

    @Test func `a state directory that is deleted and made again is followed from its beginning`() async throws {
        var writer: StateWriter? = try writer()
        let follower = Follower(layout)
        writer?.enqueue([.event("1", a, run: 1, detail: nil, time: 1), .event("2", a, run: 1, detail: nil, time: 1)])
        await writer?.flush()
        #expect(try await follower.events(2).map(\.event) == ["1", "2"])
        writer = nil
        try FileManager.default.removeItem(atPath: layout.root.string)
        writer = try self.writer()
        writer?.enqueue([.event("3", a, run: 1, detail: nil, time: 1)])
        await writer?.flush()
        #expect(try await follower.events(1).map(\.event) == ["3"])
    }

    private func writer() throws -> StateWriter {
        try AtomicFile.makeDirectory(layout.root)
        return try StateWriter(layout: layout) { Issue.record("\($0)") }
    }
}

/// A follower on a thread of its own, from before there is anything to follow.
private final class Follower: Sendable {
    private let stream: AsyncThrowingStream<StoredEvent, any Error>

    init(_ layout: StateLayout) {
        let (stream, continuation) = AsyncThrowingStream<StoredEvent, any Error>.makeStream()
        self.stream = stream
        let isOver = WeakFlag(self)
        Thread.detachNewThread {
            do {
                let follower = try EventFollower(layout: layout, query: EventQuery())
                while !isOver.isSet {
                    for event in try follower.next(milliseconds: 60_000) { continuation.yield(event) }
                }
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    func events(_ count: Int) async throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        for try await event in stream {
            events.append(event)
            if events.count == count { break }
        }
        return events
    }
}

/// The thread ends when nobody asks any more.
private final class WeakFlag: @unchecked Sendable {
    private weak var owner: Follower?
    init(_ owner: Follower) { self.owner = owner }
    var isSet: Bool { owner == nil }
}
