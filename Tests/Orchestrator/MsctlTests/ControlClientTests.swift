import ControlAPI
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

@testable import msctl

/// Against a server of a few lines in the daemon's place, which says what the test wants said.
@Suite struct ControlClientTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }

    @Test func `nobody there is no error when it is asked whether somebody is`() async throws {
        let client = try ControlClient(layout: layout)
        #expect(try await client.statusIfAnswering() == nil)
    }

    @Test func `a daemon tells who it is`() async throws {
        let server = try serve { _ in (200, #"{"version":1,"project":"shop","pid":7,"since":5}"#) }
        let status = try await ControlClient(layout: layout).statusIfAnswering()
        #expect(status?.project == "shop")
        #expect(status?.pid == 7)
        withExtendedLifetime(server) {}
    }

    @Test func `a refusal is a failure with its hint`() async throws {
        let server = try serve { _ in (409, #"{"message":"there is no service 'x'","hint":"msctl up"}"#) }
        let client = try ControlClient(layout: layout)
        await #expect(throws: CommandFailure.failed("there is no service 'x'", hint: "msctl up")) {
            _ = try await client.down(StopRequest(services: ["x"], forget: true))
        }
        withExtendedLifetime(server) {}
    }

    @Test func `an answer that cannot be read is the daemon's fault`() async throws {
        let server = try serve { _ in (200, "hello") }
        let client = try ControlClient(layout: layout)
        await #expect { _ = try await client.down(StopRequest(forget: true)) } throws: {
            ($0 as? CommandFailure)?.exitCode == 69
        }
        withExtendedLifetime(server) {}
    }

    @Test func `a watch goes on when the daemon comes back, and ends with what it waits for`() async throws {
        // The lock says that a daemon lives, so a broken stream is not the end.
        guard let lock = try FileLock(taking: try madeRoot().appending("msctld.lock")) else {
            Issue.record("the lock is taken")
            return
        }
        let streams = Streams([
            [.all([Self.status(.starting)])], [.all([Self.status(.starting)]), .changed(Self.status(.running))],
        ])
        let server = try TestServer(unixSocketPath: layout.controlSocket.string) { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for line in streams.next() { connection.write(JSONOutput.line(line) + "\n") }
        }
        var seen: [WatchedInstances.Change] = []
        let watch = InstanceWatch(control: try ControlClient(layout: layout), layout: layout)
        let ending = try await watch.follow(for: .seconds(20)) { watched, changes -> Bool? in
            seen += changes
            return watched[InstanceID(service: "a", replica: 1)]?.state == .running ? true : nil
        }
        guard case .outcome = ending else { return #expect(Bool(false), "\(ending)") }
        #expect(seen == [.changed(Self.status(.starting)), .changed(Self.status(.running))])
        lock.write("")
        withExtendedLifetime(server) {}
    }

    @Test func `a watch whose daemon is gone for good says so`() async throws {
        let watch = InstanceWatch(control: try ControlClient(layout: layout), layout: layout)
        let ending = try await watch.follow(for: .seconds(20)) { _, _ -> Bool? in nil }
        guard case .daemonGone = ending else { return #expect(Bool(false), "\(ending)") }
    }

    @Test func `a watch ends when its time is over`() async throws {
        _ = try madeRoot()
        let server = try TestServer(unixSocketPath: layout.controlSocket.string) { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            connection.waitForEnd()
        }
        let watch = InstanceWatch(control: try ControlClient(layout: layout), layout: layout)
        let ending = try await watch.follow(for: .milliseconds(50)) { _, _ -> Bool? in nil }
        guard case .timedOut = ending else { return #expect(Bool(false), "\(ending)") }
        withExtendedLifetime(server) {}
    }

    private static func status(_ state: InstanceState) -> InstanceStatus {
        InstanceStatus(instance: InstanceID(service: "a", replica: 1), state: state, since: 0)
    }

    private func madeRoot() throws -> FilePath {
        try AtomicFile.makeDirectory(layout.root)
        return layout.root
    }

    private func serve(_ answer: @escaping @Sendable (String) -> (Int, String)) throws -> TestServer {
        _ = try madeRoot()
        return try TestServer(unixSocketPath: layout.controlSocket.string) { connection in
            while let request = connection.readRequest() {
                let (status, body) = answer(request)
                connection.answer(body, status: "\(status) X")
            }
        }
    }
}
