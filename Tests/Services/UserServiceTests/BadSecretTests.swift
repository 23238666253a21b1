import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

/// The service's own process with secrets that are none (D10).
@Suite struct BadSecretTests {
    @Test(arguments: [
        ("", "names an empty file"), ("c2hvcnQ", "holds fewer than 32 bytes"),
        ("changeme-changeme-changeme-changeme-changeme", "holds a well-known value"),
        ("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "holds the same few characters again and again"),
    ])
    func `it opens no port, ends with 78 and names every setting and no value`(value: String, problem: String)
        async throws
    {
        let fixture = try Fixture()
        for name in ["key", "credential", "operator"] { try fixture.directory.write(name, value) }
        // Free, as somebody has just had it.
        let port = try TestListener().port
        var environment = fixture.environment
        environment["PORT"] = "\(port)"
        let process = try ServiceProcess("user-service", environment: environment)
        let isOver = Holder<Bool>()
        async let accepted = Self.connections(to: port, until: isOver)
        let (status, output) = await Self.end(of: process)
        isOver.value = true
        #expect(await accepted == 0)
        #expect(status == 78, "\(output)")
        #expect(output.contains("TOKEN_SIGNING_KEY_FILE \(problem)"), "\(output)")
        #expect(output.contains("SERVICE_CREDENTIAL_FILE \(problem)"), "\(output)")
        #expect(output.contains("OPERATOR_PASSWORD_FILE"), "\(output)")
        if !value.isEmpty { #expect(!output.contains(value)) }
    }

    private static func end(of process: ServiceProcess) async -> (status: Int32, output: String) {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: process.wait()) }
        }
    }

    /// How often somebody accepts who tries all the time.
    private static func connections(to port: Int, until isOver: Holder<Bool>) async -> Int {
        var count = 0
        repeat {
            do {
                try await RawConnection.open(port: port) { _ in }
                count += 1
            } catch {
                // Refused, as it should be.
                await Task.yield()
            }
        } while isOver.value != true
        return count
    }
}
