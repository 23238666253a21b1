import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Reading services` {
    @Test func `a service has the manifest's defaults`() throws {
        let scratch = try ScratchProject(["manifests/a.yaml": "services: { a: { command: [a] } }"])
        let project = try scratch.load().project
        #expect(project.services == [Service(name: "a", command: ["a"], workingDirectory: scratch.directory.string)])
        #expect(project.directory == scratch.directory.string)
        #expect(project.files == [scratch.directory.pushing("manifests/a.yaml").string])
    }

    @Test(arguments: [
        ("command: [x, 'y z', 5]", ["x", "y z", "5"]), ("command: x 'y z'", ["x", "y z"]),
        ("entrypoint: [e, f]\n    command: [x]", ["e", "f", "x"]), ("entrypoint: e f", ["e", "f"]),
        ("build: { swift: P }", ["P"]), ("build: { swift: P }\n    command: Q", ["Q"]),
        ("command: [x, 0755, 1:30, yes]", ["x", "0755", "1:30", "yes"]),
    ])
    func `a command is a list, a line, an entrypoint with it, or the product`(lines: String, expected: [String]) throws
    {
        #expect(try load("services:\n  a:\n    \(lines)\n").project.services.map(\.command) == [expected])
    }

    @Test func `a build is a Swift product or a command`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            services:
              a: { build: { swift: P } }
              b: { build: { swift: P, context: sub, configuration: debug, flags: [-v], output: bin } }
              c: { command: [c], build: { command: make all, output: /out } }
            """
        ])
        let root = scratch.directory.string
        #expect(
            try scratch.load().project.services.map(\.build) == [
                Build(
                    recipe: .swift(product: "P", configuration: "release", flags: ["--static-swift-stdlib"]),
                    context: root,
                    output: root + "/.build/release"),
                Build(
                    recipe: .swift(product: "P", configuration: "debug", flags: ["-v"]), context: root + "/sub",
                    output: root + "/sub/bin"),
                Build(recipe: .command(["make", "all"]), context: root, output: "/out"),
            ])
    }

    @Test(arguments: [
        ("[3003]", [PortSpec.fixed(3003)]), ("[\"3003\", auto]", [.fixed(3003), .auto]),
        ("[{ target: 80 }]", [.fixed(80)]), ("[{ target: 80, published: '80', protocol: tcp }]", [.fixed(80)]),
        ("[3003:3003, 3003]", [.fixed(3003)]), ("[auto, auto]", [.auto, .auto]),
    ])
    func `ports are read from the text that stands there`(text: String, expected: [PortSpec]) throws {
        #expect(try service("ports: \(text)").ports == expected)
    }

    @Test(arguments: [
        ("{ test: curl x }", Probe.Check.exec(["curl x"])), ("{ test: [CMD, a, b] }", .exec(["a", "b"])),
        ("{ test: [CMD-SHELL, a b] }", .exec(["a b"])), ("{ tcp: true, port: 80 }", .tcp),
        ("{ http: /h, port: 80 }", .http(path: "/h", headers: [:], expectedStatuses: 200...399)),
        (
            "{ http: /h, port: 80, headers: { A: b }, expect_status: 204 }",
            .http(path: "/h", headers: ["A": "b"], expectedStatuses: 204...204)
        ),
        (
            "{ http: /h, port: 80, expect_status: 200-299 }",
            .http(path: "/h", headers: [:], expectedStatuses: 200...299)
        ),
    ])
    func `a probe asks one question`(text: String, expected: Probe.Check) throws {
        let service = try service("healthcheck: \(text)\nliveness: \(text)")
        #expect(service.healthcheck?.check == expected)
        #expect(service.liveness?.check == expected)
    }

    @Test(arguments: ["{ test: [NONE] }", "{ disable: true }", "{ test: x, disable: true }"])
    func `a probe can be disabled`(text: String) throws {
        #expect(try service("healthcheck: \(text)").healthcheck == nil)
    }

    @Test func `a probe's times and counts are read, and default to Compose's`() throws {
        let plain = try #require(try service("healthcheck: { test: x }").healthcheck)
        #expect(plain.interval == .seconds(30) && plain.timeout == .seconds(30) && plain.retries == 3)
        let full = try service(
            "ports: [1]\nhealthcheck: { tcp: true, interval: 1s, timeout: 2s, retries: 4, start_period: 5s, "
                + "start_interval: 6ms, success_threshold: 7 }")
        var expected = Probe(check: .tcp)
        (expected.interval, expected.timeout, expected.retries) = (.seconds(1), .seconds(2), 4)
        (expected.startPeriod, expected.startInterval, expected.successThreshold) = (.seconds(5), .milliseconds(6), 7)
        #expect(full.healthcheck == expected)
    }

    @Test(arguments: [
        ("restart: no", RestartPolicy.Condition.never, Int?.none), ("restart: \"no\"", .never, nil),
        ("restart: always", .always, nil),
        ("restart: on-failure", .onFailure, nil), ("restart: on-failure:4", .onFailure, 4),
        ("restart: unless-stopped", .always, nil),
        ("deploy: { restart_policy: { condition: none } }", .never, nil),
        ("deploy: { restart_policy: { delay: 1s } }", .always, nil),
        ("deploy: { restart_policy: { condition: any, max_attempts: 2 } }", .always, 2),
        ("restart: on-failure\ndeploy: { restart_policy: { max_attempts: 2 } }", .onFailure, 2),
    ])
    func `restart and deploy.restart_policy are read`(
        lines: String, condition: RestartPolicy.Condition, attempts: Int?
    ) throws {
        let policy = try service(lines).restart
        #expect(policy.condition == condition)
        #expect(policy.maxAttempts == attempts)
    }

    @Test func `delays of a restart policy are read, and a long delay lifts the limit`() throws {
        let policy = try service(
            "deploy: { restart_policy: { delay: 1s, max_delay: 5s, window: 1h } }"
        ).restart
        #expect(policy.delay == .seconds(1) && policy.maxDelay == .seconds(5) && policy.window == .seconds(3600))
        #expect(try service("deploy: { restart_policy: { delay: 2m } }").restart.maxDelay == .seconds(120))
    }

    @Test(arguments: [
        ("scale: 3", 3), ("deploy: { replicas: 4 }", 4), ("scale: 2\ndeploy: { replicas: 2 }", 2), ("scale: 0", 0),
    ])
    func `replicas come from scale or deploy`(lines: String, expected: Int) throws {
        #expect(try service(lines).replicas == expected)
    }

    @Test func `logs, readiness, stopping and dependencies are read`() throws {
        let project = try load(
            """
            services:
              a:
                command: [a]
                logs: { retain: 1k, runs: 2 }
                ready_on: { log: "ready in [0-9]+ ms" }
                stop_signal: SIGINT
                stop_grace_period: 1m30s
              b:
                command: [b]
                depends_on: { a: { condition: service_healthy, required: false, restart: true } }
            """
        ).project
        let a = try #require(project[service: "a"])
        #expect(a.logs.retainBytes == 1024 && a.logs.runs == 2)
        #expect(a.healthcheck?.check == .log("ready in [0-9]+ ms"))
        #expect(a.stopSignal == 2 && a.stopGracePeriod == .seconds(90))
        #expect(
            project[service: "b"]?.dependsOn == [
                Dependency(service: "a", condition: .healthy, required: false, restart: true)
            ])
    }

    @Test func `a service without an active profile is left out`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "services: { a: { command: [a] }, b: { command: [b], profiles: [debug] } }"
        ])
        #expect(try scratch.load().project.services.map(\.name) == ["a"])
        #expect(try scratch.load(profiles: ["debug"]).project.services.map(\.name) == ["a", "b"])
        #expect(try scratch.load(profiles: ["*"]).project.services.map(\.name) == ["a", "b"])
        #expect(
            try scratch.load(profiles: ["debgu"]).warnings.map(\.description) == [
                "no service has the profile 'debgu'; did you mean 'debug'?"
            ])
    }

    @Test func `secrets are generated or existing files`() throws {
        let scratch = try ScratchProject([
            "key": "k",
            "manifests/a.yaml": """
            secrets: { s: { generate: true }, o: { generate: true, overlap: true }, f: { file: key } }
            services: { a: { command: [a], secrets: [s, { source: f }] } }
            """,
        ])
        let project = try scratch.load().project
        #expect(
            project.secrets == [
                Secret(name: "s", source: .generated),
                Secret(name: "o", source: .generated, overlaps: true),
                Secret(name: "f", source: .file(scratch.directory.string + "/key")),
            ])
        #expect(project.services.map(\.secrets) == [["s", "f"]])
    }

    @Test func `a secret may be a variable's value, which is neither shown nor noted`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            secrets: { s: { environment: TOKEN }, t: { environment: UNSET } }
            services: { a: { command: [a], secrets: [s, t] } }
            """
        ])
        let project = try scratch.load(environment: ["TOKEN": "hunter2"]).project
        #expect(
            project.secrets == [
                Secret(name: "s", source: .environment(variable: "TOKEN", value: "hunter2")),
                Secret(name: "t", source: .environment(variable: "UNSET", value: nil)),
            ])
        #expect(project.source?.variables == [:])
        #expect(!project.yaml().contains("hunter2") && project.yaml().contains("environment: TOKEN"))
        #expect(project.secrets.first?.withoutValue.source == .environment(variable: "TOKEN", value: nil))
        // Read again by the daemon, the value is the one that was written the first time.
        #expect(try project.source?.load().project.secrets.map(\.withoutValue) == project.secrets.map(\.withoutValue))
    }

    @Test func `a version is obsolete`() throws {
        #expect(
            try load("version: '3'\nservices: { a: { command: [a] } }").warnings.map(\.description) == [
                "manifests/a.yaml:1:1: 'version' is obsolete and means nothing; leave it out"
            ])
    }
}
