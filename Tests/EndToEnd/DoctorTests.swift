import CLinux
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct DoctorTests {
    @Test func `a healthy project passes, and one whose daemon is gone for good does not`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        try await project.expect(0, "doctor")
        try await project.expect(0, "up")
        let well = try await project.expect(0, "doctor", "--format", "json")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(well.output.utf8)) as? [String: Any])
        #expect(document["schema"] as? String == "msctl.doctor/1")
        #expect(document["fail"] as? Int == 0)
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        let ill = try await project.expect(1, "doctor")
        #expect(ill.output.contains("nobody looks after a.1"), "\(ill)")
        #expect(ill.errors.contains("checks failed"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}
