import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

/// Who runs a service and within which limits, from the manifest's words to the process.
@Suite(.timeLimit(.minutes(1))) struct LaunchAttributesTests {
    private static let isRoot = geteuid() == 0

    private func shell(_ stack: Stack, _ script: String, configure: (inout Service) -> Void) -> Service {
        stack.service("a") {
            $0.command = ["/bin/sh", "-c", script + "; echo done; sleep 1000"]
            $0.healthcheck = Probe(check: .log("^done$"))
            configure(&$0)
        }
    }

    private func lines(_ stack: Stack) throws -> [String] {
        let file = stack.layout.run(1, of: InstanceID(service: "a", replica: 1)).standardOutput
        return String(decoding: try AtomicFile.read(file) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What the instance says when it could not be started.
    private func refusal(_ configure: @escaping (inout Service) -> Void) async throws -> String {
        let stack = try Stack()
        try await stack.up(stack.service("a", configure: configure))
        let status = try await stack.wait(for: "a", "failed") { $0.state == .failed }
        #expect(status.pid == nil)
        try await stack.down()
        return status.reason ?? ""
    }

    @Test func `limits and umask of the manifest are the process's`() async throws {
        let stack = try Stack()
        try await stack.up(
            shell(stack, "ulimit -Sn; ulimit -Hn; umask") {
                $0.limits.ulimits = [.init(name: "nofile", soft: 200, hard: 300)]
                $0.umask = 0o022
            })
        try await stack.wait(for: "a", "running") { $0.state == .running }
        #expect(try lines(stack) == ["200", "300", "0022", "done"])
        try await stack.down()
    }

    @Test func `a command that probes has the limits of its service`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sleep", "1000"]
                $0.limits.ulimits = [.init(name: "nofile", soft: 200, hard: 300)]
                $0.umask = 0o027
                $0.healthcheck = Probe(check: .exec(["echo $(ulimit -Sn) $(umask) $(id -u); exit 1"]))
            })
        let status = try await stack.wait(for: "a", "probed") { $0.probe != nil }
        #expect(status.probe?.body == "200 0027 \(geteuid())\n")
        try await stack.down()
    }

    @Test(.enabled(if: isRoot)) func `a command that probes is run by the user of its service`() async throws {
        let stack = try Stack()
        chmod(stack.directory.path.string, 0o755)
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sleep", "1000"]
                $0.user = "nobody"
                $0.healthcheck = Probe(check: .exec(["id -un; exit 1"]))
            })
        let status = try await stack.wait(for: "a", "probed") { $0.probe != nil }
        #expect(status.probe?.body == "nobody\n")
        try await stack.down()
    }

    @Test func `a service that says nothing of open files gets the limit that msctl was started with`() async throws {
        let stack = try Stack(openFiles: .init(name: "nofile", soft: 250, hard: 350))
        try await stack.up(shell(stack, "ulimit -Sn; ulimit -Hn") { _ in })
        try await stack.wait(for: "a", "running") { $0.state == .running }
        #expect(try lines(stack) == ["250", "350", "done"])
        try await stack.down()
    }

    @Test(.enabled(if: isRoot)) func `a service of another user has that user's name, home, data and secrets`()
        async throws
    {
        let stack = try Stack()
        chmod(stack.directory.path.string, 0o755)
        let script = """
            id -un; id -gn; echo $HOME $USER $LOGNAME; echo mine > $MSCTL_DATA_DIR/file; cat $MSCTL_DATA_DIR/file
            cat $KEY_FILE > /dev/null && echo secret; cat $MSCTL_ENDPOINTS > /dev/null && echo endpoints
            ls .msctl/runs .msctl/secrets .msctl 2>&1 | grep -c 'Permission denied'
            """
        var project = stack.project(
            shell(stack, script) {
                $0.user = "nobody"
                $0.secrets = ["key"]
            })
        project.secrets = [Secret(name: "key", source: .generated)]
        await stack.supervisor.adopt([])  // As the daemon does; it writes endpoints.json.
        _ = try await stack.supervisor.up(project, services: [])
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let lines = try lines(stack)
        #expect(
            lines == [
                "nobody", "nogroup", "/nonexistent nobody nobody", "mine", "secret", "endpoints", "3", "done",
            ])
        #expect(ProcessTable.stat(of: try #require(status.pid)) != nil)
        try await stack.down()
    }

    @Test(.enabled(if: isRoot)) func `data changes hands with the user, links to others' files do not`() async throws {
        let stack = try Stack()
        chmod(stack.directory.path.string, 0o755)
        let other = try stack.directory.file("other", "root's")
        let service = shell(stack, "echo x > $MSCTL_DATA_DIR/file; ln -s \(other) $MSCTL_DATA_DIR/link") { _ in }
        try await stack.up(service)
        try await stack.wait(for: "a", "running") { $0.state == .running }
        var changed = shell(stack, "cat $MSCTL_DATA_DIR/file && stat -c %U $MSCTL_DATA_DIR/file") { $0.user = "nobody" }
        changed.stopGracePeriod = .milliseconds(100)
        try await stack.up(changed)
        try await stack.wait(for: "a", "running as nobody") { $0.state == .running && $0.run == 2 }
        let file = stack.layout.run(2, of: InstanceID(service: "a", replica: 1)).standardOutput
        #expect(String(decoding: try AtomicFile.read(file) ?? [], as: UTF8.self) == "x\nnobody\ndone\n")
        #expect(try FileManager.default.attributesOfItem(atPath: other.string)[.ownerAccountID] as? Int == 0)
        try await stack.down()
    }

    @Test func `an unknown user, group or ulimit fails with what to do`() async throws {
        let user = try await refusal { $0.user = "no-such-user" }
        #expect(user == "there is no user 'no-such-user' on this machine; create the account or correct 'user'")
        let group = try await refusal { $0.user = "nobody:no-such-group" }
        #expect(group.hasPrefix("there is no group 'no-such-group'"))
        let number = try await refusal { $0.user = "3999999" }
        #expect(number == "no account has the number 3999999; give its group too: 'user: 3999999:3999999'")
        let limit = try await refusal { $0.limits.ulimits = [.init(name: "nofiles", soft: 1, hard: 1)] }
        #expect(limit.hasPrefix("there is no ulimit 'nofiles'; the kernel has as, core, cpu"))
    }

    @Test func `a limit above what the kernel allows fails with the most that may be asked for`() async throws {
        let reason = try await refusal { $0.limits.ulimits = [.init(name: "nofile", soft: 10, hard: nil)] }
        #expect(reason.hasPrefix("ulimit nofile: unlimited is above"))
        #expect(reason.contains("ask for at most"))
        let order = try await refusal { $0.limits.ulimits = [.init(name: "core", soft: 10, hard: 5)] }
        #expect(order == "ulimit core: the soft limit 10 is above the hard limit 5")
    }

    @Test(.enabled(if: isRoot)) func `a user who cannot enter the project is told the directory that keeps it out`()
        async throws
    {
        let stack = try Stack()
        try await stack.up(shell(stack, "true") { $0.user = "nobody" })
        let status = try await stack.wait(for: "a", "failed") { $0.state == .failed }
        let place = stack.directory.path
        #expect(
            status.reason == "user 'nobody' cannot enter \(place); let it into \(place) (chmod o+x) or move the project"
        )
        try await stack.down()
    }

    @Test(.enabled(if: isRoot)) func `a program that the user may not run is told`() async throws {
        let stack = try Stack()
        chmod(stack.directory.path.string, 0o755)
        let program = try stack.directory.file("hidden/tool", "#!/bin/sh\n")
        chmod(program.string, 0o755)
        chmod(program.removingLastComponent().string, 0o700)
        try await stack.up(
            stack.service("a") {
                $0.command = [program.string]
                $0.user = "nobody"
            })
        let status = try await stack.wait(for: "a", "failed") { $0.state == .failed }
        #expect(status.reason?.hasPrefix("user 'nobody' may not run \(program)") == true)
        #expect(status.reason?.hasSuffix("and to enter \(program.removingLastComponent())") == true)
        try await stack.down()
    }

    @Test func `a script without its interpreter says so`() async throws {
        let stack = try Stack()
        let program = try stack.directory.file("tool", "#!/no/such/interpreter\n")
        chmod(program.string, 0o755)
        try await stack.up(stack.service("a") { $0.command = [program.string] })
        let status = try await stack.wait(for: "a", "failed") { $0.state == .failed }
        #expect(status.reason?.contains("the interpreter named in its first line") == true)
        try await stack.down()
    }
}
