import Foundation
import Hummingbird
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct PassedSocketTests {
    /// What a process is told whose passed descriptors begin where `socket` is.
    private func read(_ environment: [String: String], first: CInt) -> (socket: PassedSocket?, problems: [String]) {
        var environment = environment
        if environment["LISTEN_PID"] == nil { environment["LISTEN_PID"] = "\(getpid())" }
        var reader = ConfigurationReader(environment: environment)
        let socket = reader.passedSocket(first: first)
        return (socket, reader.problems)
    }

    @Test func `the only socket is taken, and of several the one called http`() throws {
        let socket = try TestListener().pass()
        defer { close(socket.descriptor) }
        #expect(read(["LISTEN_FDS": "1"], first: socket.descriptor).socket == socket)
        #expect(read(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"], first: socket.descriptor).socket == socket)
        let names = ["LISTEN_FDS": "3", "LISTEN_FDNAMES": "admin::http"]
        #expect(read(names, first: socket.descriptor - 2).socket == socket)
        let unnamed = read(["LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin:web"], first: socket.descriptor)
        #expect(unnamed.problems == ["LISTEN_FDNAMES calls none of the 2 passed sockets http"])
    }

    @Test(arguments: [
        ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_FDS": "0"], [:], ["LISTEN_PID": "", "LISTEN_FDS": "x"],
    ])
    func `without a socket for this process the port is bound`(environment: [String: String]) {
        let (socket, problems) = read(environment, first: 0)
        #expect(socket == nil)
        #expect(problems.isEmpty)
    }

    @Test(arguments: [SOCK_STREAM, SOCK_DGRAM])
    func `what does not listen is refused by its number`(type: __socket_type) throws {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        defer { close(descriptor) }
        let problem = "LISTEN_FDS passes descriptor \(descriptor) for http, which is no listening TCP socket"
        #expect(read(["LISTEN_FDS": "1"], first: descriptor).problems == [problem])
        #expect(read(["LISTEN_FDS": "many"], first: descriptor).problems.count == 1)
    }

    @Test func `connections wait from one life of the service to the next`() async throws {
        let listener = try TestListener()
        for _ in 0..<3 {
            let (sent, answered) = (Gate(), Gate())
            async let early: Void = RawConnection.open(port: listener.port) { connection in
                defer { answered.open() }
                try await connection.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                sent.open()
                #expect(try await connection.read(until: "OK"))
            }
            await sent.pass()
            try await withLiveService(ServiceParts(routes: []), in: .test(socket: listener.pass())) { service in
                #expect(service.port == listener.port)
                await answered.pass()
            }
            try await early
        }
    }
}
