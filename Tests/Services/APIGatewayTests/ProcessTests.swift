import Glibc
import ServiceTestSupport
import Synchronization
import Testing

/// The gateway as a process of its own.
@Suite struct ProcessTests {
    private let environment = [
        "MSCTL_ENDPOINTS": "/nowhere/endpoints.json", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http", "PORT": "1",
    ]

    @Test func `a passed socket is served on, and is left when the process is told to end`() async throws {
        let listener = try TestListener()
        // The connection is there before the process is.
        try await RawConnection.open(port: listener.port) { connection in
            try await connection.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            let process = try ServiceProcess("api-gateway", environment: environment, descriptor: listener.descriptor)
            #expect(try await connection.read(until: "OK"))
            let flags = try inheritance(of: process.pid)
            process.send(SIGTERM)
            let (status, output) = process.wait()
            #expect(status == 0, "\(output)")
            #expect(output.contains(#""message":"stopped""#))
            #expect(flags & O_CLOEXEC != 0, "children of the service would inherit its socket")
        }
        // The socket is the test's, so it is open still.
        try await RawConnection.open(port: listener.port) { _ in }
    }

    @Test func `a descriptor that is no listening socket is a configuration error`() throws {
        let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        let process = try ServiceProcess("api-gateway", environment: environment, descriptor: descriptor)
        let (status, output) = process.wait()
        #expect(status == 78)
        #expect(output.contains("LISTEN_FDS passes descriptor 3 for http, which is no listening TCP socket"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `while it starts on a port of its own it refuses connections, and no answer is a failure`() async throws {
        // Free a moment ago; whoever takes it meanwhile answers something else than this test wants.
        let port = try TestListener().port
        let process = try ServiceProcess(
            "api-gateway", environment: ["MSCTL_ENDPOINTS": "/nowhere/endpoints.json", "PORT": "\(port)"])
        let isReady = Atomic(false)
        while !isReady.load(ordering: .acquiring) {
            // Refused while nobody listens.
            try? await RawConnection.open(port: port) { connection in
                for path in ["/readyz", "/api/users"] {
                    try await connection.write("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                    try await connection.read(until: "\r\n\r\n")
                    let status = connection.received.prefix(12)
                    #expect(["HTTP/1.1 200", "HTTP/1.1 503"].contains(status), "\(connection.received)")
                    if status == "HTTP/1.1 200" { isReady.store(true, ordering: .releasing) }
                    try await connection.read(until: "}")
                    connection.clear()
                }
            }
        }
        process.send(SIGTERM)
        #expect(process.wait().status == 0)
    }

    /// The flags of descriptor 3, proc(5).
    private func inheritance(of pid: pid_t) throws -> Int32 {
        let file = try #require(fopen("/proc/\(pid)/fdinfo/3", "r"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let text = String(decoding: buffer[..<fread(&buffer, 1, buffer.count, file)], as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags:") })
        let octal = try #require(line.split(whereSeparator: \.isWhitespace).last)
        return try #require(Int32(octal, radix: 8))
    }
}
