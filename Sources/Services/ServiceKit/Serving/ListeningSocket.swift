import Foundation
import NIOCore

/// A listening TCP socket, and a thread that accepts what comes.
///
/// NIO accepts on its event loops, but takes for granted that nobody else does on the same socket, and closes what it has
/// accepted and not set up yet when it stops. A passed socket is shared with the process that follows this one, and what
/// is accepted must be answered.
final class ListeningSocket: Sendable {
    /// Connections that may wait to be accepted.
    private static let backlog: CInt = 1024
    /// How long to wait when the process or the machine has no descriptor or memory left for a connection.
    private static let backoff: CInt = 100

    private let descriptor: CInt
    private let isPassed: Bool
    /// A pipe; the accepting thread ends when it is written to.
    private let wake: (reading: CInt, writing: CInt)

    /// The system refused something.
    struct Failure: Error, CustomStringConvertible {
        let operation: String
        let code: CInt
        var description: String { "\(operation): \(String(cString: strerror(code)))" }
    }

    /// The socket that was passed, or a new one on host and port. Resolves the host, so it may block.
    init(_ settings: ServiceSettings) throws {
        isPassed = settings.socket != nil
        descriptor = try settings.socket?.descriptor ?? Self.open(settings.host, settings.port)
        var ends: [CInt] = [-1, -1]
        guard
            // Shared by all holders of a passed socket, and right for each: one may be faster than the other.
            fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0,
            listen(descriptor, Self.backlog) == 0, pipe(&ends) == 0
        else { throw Failure(operation: "cannot listen on descriptor \(descriptor)", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.reading)
        close(wake.writing)
    }

    /// The port it is bound to.
    var port: Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // IPv4 and IPv6 have the port in the same place.
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }

    /// Gives every connection to `take`, which owns its descriptor, until `stop`; then closes the socket. To be called
    /// once. What nobody has accepted waits in the queue of a passed socket; of our own it is accepted first, since it
    /// would be lost.
    func accept(_ take: @escaping @Sendable (CInt) -> Void) async throws {
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            let thread = Thread { ended.resume(with: Result { try self.acceptUntilStopped(take) }) }
            thread.name = "accept"
            thread.start()
        }
    }

    func stop() {
        var byte: UInt8 = 0
        // It cannot be full: nobody writes but we, a byte or two.
        _ = write(wake.writing, &byte, 1)
    }

    private func acceptUntilStopped(_ take: (CInt) -> Void) throws {
        defer { close(descriptor) }
        let events = Int16(POLLIN)
        var polled = [
            pollfd(fd: descriptor, events: events, revents: 0), pollfd(fd: wake.reading, events: events, revents: 0),
        ]
        while true {
            guard poll(&polled, 2, -1) >= 0 || errno == EINTR else {
                throw Failure(operation: "cannot wait for connections", code: errno)
            }
            let isOver = polled[1].revents != 0
            if !isOver || !isPassed { try acceptWaiting(take) }
            if isOver { return }
        }
    }

    private func acceptWaiting(_ take: (CInt) -> Void) throws {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                take(connection)
                continue
            }
            switch errno {
            case EAGAIN: return
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                var stopping = pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)
                poll(&stopping, 1, Self.backoff)
                return
            case let code: throw Failure(operation: "cannot accept connections", code: code)
            }
        }
    }

    private static func open(_ host: String, _ port: Int) throws -> CInt {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let descriptor = socket(address.protocol.rawValue, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: CInt = 1
        guard descriptor >= 0, setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4) == 0,
            address.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0
        else {
            let code = errno
            close(descriptor)
            throw Failure(operation: "cannot listen on \(host):\(port)", code: code)
        }
        return descriptor
    }
}
