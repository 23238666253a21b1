import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Rights, limits, updates and watching` {
    @Test(arguments: ["nobody", "nobody:nogroup", "1000", "1000:1000", "0:0", "svc-a.b@x"])
    func `a user is a name or a number, with or without a group`(text: String) throws {
        #expect(try service("user: \(text)").user == text)
    }

    @Test func `groups are names and numbers, each once`() throws {
        #expect(try service("group_add: [adm, 5, adm]").groups == ["adm", "5"])
    }

    @Test(arguments: [
        ("022", UInt16(0o22)), ("'022'", 0o22), ("'22'", 0o22), ("0o27", 0o27), ("0", 0), ("0777", 0o777),
        ("\"0077\"", 0o77), ("'${N:-7}'", 7),
    ])
    func `a umask is octal however it is written`(text: String, expected: UInt16) throws {
        #expect(try service("umask: \(text)").umask == expected)
    }

    @Test func `ulimits are one number or two, and -1 is no limit`() throws {
        let limits = try service("ulimits: { nofile: 65535, core: -1, as: { soft: 0, hard: -1 } }").limits
        #expect(
            limits.ulimits == [
                .init(name: "as", soft: 0, hard: nil), .init(name: "core", soft: nil, hard: nil),
                .init(name: "nofile", soft: 65535, hard: 65535),
            ])
    }

    @Test(arguments: [
        "mem_limit: 512m\npids_limit: 100\ncpus: 1.5",
        "deploy: { resources: { limits: { memory: 512m, pids: 100, cpus: '1.50' } } }",
        "mem_limit: 536870912\npids_limit: 100\ncpus: 1.50\ndeploy: { resources: { limits: { memory: 0.5g, cpus: 1.5 } } }",
    ])
    func `limits of the whole tree are read in both of Compose's spellings`(lines: String) throws {
        let limits = try service(lines).limits
        #expect(limits.memoryBytes == 536_870_912)
        #expect(limits.pids == 100)
        #expect(limits.cpus == 1.5)
    }

    @Test func `Compose's words for no limit are read`() throws {
        #expect(try service("pids_limit: -1\ncpus: 0.000").limits == ResourceLimits())
    }

    @Test func `an update's order and drain are read, and default to what the service is`() throws {
        #expect(try service("scale: 1").update == UpdatePolicy())
        let update = try service(
            "deploy: { update_config: { order: stop-first, delay: 0s, parallelism: 1, failure_action: pause } }"
        ).update
        #expect(update.order == .stopFirst && update.drain == .zero)
    }

    @Test func `exit codes that are a success are read, whatever says how to restart`() throws {
        #expect(try service("success_exit_codes: [0, 3, 143]").restart.successCodes == [3, 143])
        let policy = try service(
            "deploy: { restart_policy: { condition: on-failure } }\nsuccess_exit_codes: [3]"
        ).restart
        #expect(policy.successCodes == [3] && policy.condition == .onFailure)
    }

    @Test func `watch rules are read in order`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            services:
              a:
                build: { command: make }
                command: [a]
                develop:
                  watch:
                    - { path: src, action: rebuild, ignore: [out/, "*.o"], include: "**/*.c" }
                    - { path: /etc/a.conf, action: restart }
            """
        ])
        var first = WatchRule(action: .rebuild, path: scratch.directory.string + "/src")
        (first.ignore, first.include) = (["out/", "*.o"], ["**/*.c"])
        #expect(
            try scratch.load().project[service: "a"]?.watch == [
                first, WatchRule(action: .restart, path: "/etc/a.conf"),
            ])
    }

    @Test func `a probe may ask for a line of the log, or for a body`() throws {
        let service = try service(
            """
            ports: [1]
            startup: { log: 'up in \\d+ ms', timeout: 5s }
            healthcheck: { http: /, expect_body: '"status":\\s*"ok"' }
            liveness: { log: alive, interval: 10s }
            """)
        #expect(service.startup?.check == .log("up in \\d+ ms"))
        #expect(service.startup?.timeout == .seconds(5))
        #expect(
            service.healthcheck?.check
                == .http(path: "/", headers: [:], expectedStatuses: 200...399, expectedBody: "\"status\":\\s*\"ok\""))
        #expect(service.liveness?.check == .log("alive"))
    }

    @Test func `ready_on is the readiness, and beside a healthcheck the startup`() throws {
        let alone = try service("ready_on: { log: x }\nstartup: { test: y }")
        #expect(alone.healthcheck?.check == .log("x") && alone.startup?.check == .exec(["y"]))
        let both = try service("ready_on: { log: x }\nhealthcheck: { test: y }")
        #expect(both.healthcheck?.check == .exec(["y"]) && both.startup?.check == .log("x"))
        let disabled = try service("ready_on: { log: x }\nhealthcheck: { disable: true }")
        #expect(disabled.healthcheck?.check == .log("x") && disabled.startup == nil)
    }
}
