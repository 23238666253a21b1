import Foundation
import GRDB
import Hummingbird
import NIOCore
import NIOPosix
import ServiceKit
import ServiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ExecutorTests {
    @Test func `a request is answered on the event loop that has read it, also after it has waited`() async throws {
        let parts = ServiceParts(routes: [
            .get("/loop", access: .anyone) { _, _ in
                let before = MultiThreadedEventLoopGroup.currentEventLoop
                try await Task.sleep(for: .milliseconds(1))
                let after = MultiThreadedEventLoopGroup.currentEventLoop
                return .json(.ok, before != nil && before === after ? "same" : "another")
            }
        ])
        try await withLiveService(parts) { service in
            try await RawConnection.open(port: service.port) { connection in
                for _ in 0..<5 {
                    try await connection.write("GET /loop HTTP/1.1\r\nHost: x\r\n\r\n")
                    try await connection.read(until: "\r\n\r\n\"")
                    try await connection.read(until: "e\"")
                    #expect(connection.received.hasSuffix(#""same""#))
                    connection.clear()
                }
            }
        }
    }

    @Test func `while the database is being written the process says that it lives`() async throws {
        let directory = try TemporaryDirectory()
        let database = try DatabasePool(path: "\(directory.path)/held.db")
        let (isHeld, mayEnd) = (Gate(), DispatchSemaphore(value: 0))
        let parts = ServiceParts(routes: [
            .get("/write", access: .anyone) { _, _ in
                try await database.write { _ in
                    isHeld.open()
                    mayEnd.wait()
                }
                return .json(.ok, "written")
            }
        ])
        try await withLiveService(parts) { service in
            try await RawConnection.open(port: service.port) { writer in
                try await writer.write("GET /write HTTP/1.1\r\nHost: x\r\n\r\n")
                await isHeld.pass()
                // Enough of them for every event loop.
                for _ in 0..<(2 * System.coreCount) {
                    try await RawConnection.open(port: service.port) { connection in
                        try await connection.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try await connection.read(until: "OK"))
                    }
                }
                mayEnd.signal()
                #expect(try await writer.read(until: "written"))
            }
        }
        try database.close()
    }
}
