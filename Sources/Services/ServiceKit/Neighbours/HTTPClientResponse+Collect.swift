import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension HTTPClientResponse {
    /// A 503 with `Retry-After`: it has too much to do and says so in good time, which is no failure of its own.
    package var isLoadShedding: Bool {
        status == .serviceUnavailable && headers.contains(name: "Retry-After")
    }
}

extension HTTPClientResponse.Body {
    /// The whole body. Throws when it is longer than `limit` bytes, or not there at `deadline`, which for the client itself
    /// is only that of the head: a body that comes byte by byte would never end.
    func collect(upTo limit: Int, until deadline: NIODeadline) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await collect(upTo: limit) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds((deadline - .now()).nanoseconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let bytes = first else {
                throw HTTPClientError.deadlineExceeded
            }
            return bytes
        }
    }
}
