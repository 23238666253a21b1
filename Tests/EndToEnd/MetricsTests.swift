import CurlClient
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// What services write, counted: in `status` and on the control socket.
@Suite(.timeLimit(.minutes(3))) struct MetricsTests {
    /// Twenty lines of information and two at error and above, then silence.
    private func project() throws -> ProjectUnderTest {
        let errors = #"say={\"level\":\"error\",\"message\":\"a\"}\n{\"level\":\"critical\",\"message\":\"b\"}"#
        return try ProjectUnderTest([
            "a.yaml": """
            name: counted
            services:
              web:
                command: ["\(BuiltProducts.fixtureService)", "\(errors)", "lines=20", "http=1"]
                ports: [auto]
                healthcheck: { http: / }
              quiet: { command: [sleep, "1000"] }
            """
        ])
    }

    @Test func `lines, bytes and errors are in status and in the metrics, and the same`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let logs = try await logs(of: "web.1", in: project, lines: 22)
        let minutes = try #require(logs["minutes"] as? [[String: Any]])
        #expect(minutes.compactMap { $0["lines"] as? Int }.reduce(0, +) == 22)
        #expect(minutes.allSatisfy { ($0["minute"] as? String)?.hasSuffix(":00Z") == true })
        #expect(logs["errors"] as? Int == 2)

        let samples = try await samples(project)
        let web = #"{service="web",instance="web.1"}"#
        let quiet = #"{service="quiet",instance="quiet.1"}"#
        #expect(samples["msctl_log_lines_total" + web] == 22)
        #expect(samples["msctl_log_bytes_total" + web] == (logs["bytes"] as? Int).map(Double.init))
        #expect(samples["msctl_log_errors_total" + web] == 2)
        #expect(samples["msctl_log_lines_total" + quiet] == 0)
        #expect(samples["msctl_instance_up" + web] == 1)
        #expect(samples["msctl_instance_healthy" + web] == 1)
        #expect(samples["msctl_instance_healthy" + quiet] == nil)
        #expect(samples["msctl_instance_restarts_total" + web] == 0)
        #expect(try #require(samples["msctl_instance_memory_bytes" + web]) > 100_000)
        #expect(samples["msctl_instance_cpu_seconds_total" + web] != nil)
        let started = try #require(samples["msctl_instance_start_time_seconds" + web])
        #expect(abs(Date().timeIntervalSince1970 - started) < 120)
        let probes = #"{service="web",instance="web.1",kind="readiness"}"#
        #expect(try #require(samples["msctl_probe_duration_seconds_count" + probes]) >= 1)
        #expect(samples["msctl_probe_failures_total" + probes] != nil)

        try await project.expect(0, "stop", "web")
        let later = try await self.samples(project)
        #expect(later["msctl_instance_up" + web] == 0)
        #expect(later["msctl_instance_state" + web.dropLast() + #",state="stopped"}"#] == 1)
        #expect(later["msctl_instance_memory_bytes" + web] == nil)
        #expect(later["msctl_log_lines_total" + web] == 22)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `without an index what runs is told, and nothing of logs`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        _ = try await logs(of: "web.1", in: project, lines: 22)
        let broken = project.layout.logIndex.string
        for file in [broken, broken + "-wal", broken + "-shm"] { try? FileManager.default.removeItem(atPath: file) }
        try String(repeating: "no index ", count: 2_000).write(toFile: broken, atomically: false, encoding: .utf8)
        try await project.expect(0, "status")
        let samples = try await samples(project)
        #expect(samples[#"msctl_instance_up{service="quiet",instance="quiet.1"}"#] == 1)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    /// What `status` says of an instance's logs, once it has so many lines; the last word after ten seconds.
    private func logs(of instance: String, in project: ProjectUnderTest, lines: Int) async throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let row = try await project.status().first { $0["instance"] as? String == instance }
            let logs = row?["logs"] as? [String: Any]
            if let logs, logs["lines"] as? Int == lines || ContinuousClock.now > deadline {
                #expect(logs["lines"] as? Int == lines)
                return logs
            }
            try #require(ContinuousClock.now < deadline, "\(String(describing: row))")
        }
    }

    private func samples(_ project: ProjectUnderTest) async throws -> [String: Double] {
        let answer = try await CurlClient().send(
            CurlRequest(url: "http://msctl/metrics", unixSocketPath: project.layout.controlSocket.string))
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        var samples: [String: Double] = [:]
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            let blank = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(line[line.index(after: blank)...]))
            samples[String(line[..<blank])] = value
        }
        return samples
    }
}
