import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Merging` {
    /// The service `a` of two files.
    private func merged(_ base: String, _ overlay: String, file: String = "") throws -> Service? {
        let head = "services:\n  a:\n"
        let indented = [base, overlay].map { text in
            head + text.split(separator: "\n").map { "    \($0)\n" }.joined()
        }
        return try ScratchProject([
            "manifests/1.yaml": indented[0], "manifests/2.yaml": indented[1],
            "manifests/3.yaml":
                "secrets: { s: { generate: true }, t: { generate: true } }\nservices: { b: { command: [b] }, c: { command: [c] } }",
        ]).load().project[service: "a"]
    }

    @Test func `later scalars win, commands replace`() throws {
        let service = try merged(
            "command: [a, b]\nstop_signal: INT\nworking_dir: /one\nstop_grace_period: 1s",
            "command: c d\nstop_signal: HUP\nworking_dir:")
        #expect(service?.command == ["c", "d"])
        #expect(service?.stopSignal == 1)
        #expect(service?.workingDirectory == "/one")
        #expect(service?.stopGracePeriod == .seconds(1))
    }

    @Test(arguments: [
        ("environment: { A: 1, B: 1 }", "environment: [B=2, C=2]"),
        ("environment: [A=1, B=1]", "environment: { B: 2, C: 2 }"),
    ])
    func `environments merge by name in either form`(base: String, overlay: String) throws {
        let service = try merged("command: [a]\n\(base)", overlay)
        #expect(service?.environment == ["A": "1", "B": "2", "C": "2"])
    }

    @Test func `ports, secrets and dependencies merge without repetition`() throws {
        let service = try merged(
            "command: [a]\nports: [3000, auto]\nsecrets: [s]\ndepends_on: [b]",
            """
            ports: ["3000:3000", 3001, auto]
            secrets: [{ source: s }, t]
            depends_on: { b: { condition: service_started, restart: true }, c: { condition: service_started } }
            """)
        #expect(service?.ports == [.fixed(3000), .auto, .fixed(3001)])
        #expect(service?.secrets == ["s", "t"])
        #expect(service?.dependsOn == [Dependency(service: "b", restart: true), Dependency(service: "c")])
    }

    @Test func `a probe keeps its times and takes the later question`() throws {
        let service = try merged(
            "command: [a]\nports: [1]\nhealthcheck: { http: /, headers: { a: b }, interval: 7s }",
            "healthcheck: { test: [CMD, x, y], retries: 9 }")
        #expect(service?.healthcheck?.check == .exec(["x", "y"]))
        #expect(service?.healthcheck?.interval == .seconds(7))
        #expect(service?.healthcheck?.retries == 9)
        let tests = try merged("command: [a]\nhealthcheck: { test: [CMD, x] }", "healthcheck: { test: [CMD, y] }")
        #expect(tests?.healthcheck?.check == .exec(["y"]))
        let disabled = try merged("command: [a]\nhealthcheck: { test: x }", "healthcheck: { disable: true }")
        #expect(disabled?.healthcheck == nil)
    }

    @Test func `a startup probe merges as the other probes do`() throws {
        let service = try merged(
            "command: [a]\nports: [1]\nstartup: { http: /, expect_body: x, interval: 7s }", "startup: { log: y }")
        #expect(service?.startup?.check == .log("y"))
        #expect(service?.startup?.interval == .seconds(7))
    }

    @Test func `sockets merge by name in either form`() throws {
        let service = try merged(
            "command: [a]\nports: [1]\nsockets: [http, { name: admin, port: 9000 }]",
            "sockets: { admin: { backlog: 5 }, more: { port: auto } }")
        var admin = SocketSpec(name: "admin")
        (admin.address, admin.backlog) = (.port(.fixed(9000)), 5)
        var more = SocketSpec(name: "more")
        more.address = .port(.auto)
        #expect(service?.sockets == [SocketSpec(name: "http"), admin, more])
    }

    @Test func `groups and exit codes are not repeated, limits merge by key, watch rules follow`() throws {
        let service = try merged(
            """
            command: [a]
            group_add: [x, y]
            success_exit_codes: [1]
            ulimits: { nofile: 1, core: { soft: 1, hard: 2 } }
            deploy: { update_config: { order: start-first } }
            develop: { watch: [{ path: /p, action: restart }] }
            """,
            """
            group_add: [y, z]
            success_exit_codes: [1, 2]
            ulimits: { core: { hard: 3 } }
            deploy: { update_config: { delay: 1s } }
            develop: { watch: [{ path: /q, action: restart }] }
            """)
        #expect(service?.groups == ["x", "y", "z"])
        #expect(service?.restart.successCodes == [1, 2])
        #expect(
            service?.limits.ulimits == [
                .init(name: "core", soft: 1, hard: 3), .init(name: "nofile", soft: 1, hard: 1),
            ])
        #expect(service?.update.order == .startFirst && service?.update.drain == .seconds(1))
        #expect(service?.watch.map(\.path) == ["/p", "/q"])
    }

    @Test func `override replaces and reset removes`() throws {
        let service = try merged(
            "command: [a]\nports: [1, 2]\nenvironment: { A: 1, B: 1 }\nrestart: always",
            "ports: !override [3]\nenvironment: { A: !reset null }\nrestart: !reset x")
        #expect(service?.ports == [.fixed(3)])
        #expect(service?.environment == ["B": "1"])
        #expect(service?.restart == RestartPolicy())
    }

    @Test func `two forms that cannot merge are an error with both places`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services:\n  a: { command: [a], ports: [1] }\n",
            "manifests/2.yaml": "services:\n  a:\n    ports: { x: 1 }\n",
        ])
        #expect(
            scratch.problems() == [
                "manifests/2.yaml:3:12: 'ports' is a mapping here and a list at manifests/1.yaml:2:29; "
                    + "write both alike, or put !override before this one"
            ])
    }

    @Test func `a problem is told at the place of the file that won`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services:\n  a: { command: [a], restart: always }\n",
            "manifests/2.yaml": "services:\n  a: { restart: alway }\n",
        ])
        #expect(
            scratch.problems() == [
                "manifests/2.yaml:2:17: 'restart' in service 'a' must be one of no, always, on-failure, on-failure:N, "
                    + "unless-stopped, not 'alway'; did you mean 'always'?"
            ])
    }

    @Test func `YAML anchors and merge keys work, the service's own words win`() throws {
        let project = try load(
            """
            x-base: &base { restart: always, stop_signal: INT }
            x-more: &more { restart: "no", scale: 3 }
            services:
              a:
                <<: [*base, *more]
                command: [a]
                stop_signal: HUP
              b: { <<: *base, command: [b] }
            """
        ).project
        #expect(project[service: "a"]?.restart.condition == .always)
        #expect(project[service: "a"]?.replicas == 3)
        #expect(project[service: "a"]?.stopSignal == 1)
        #expect(project[service: "b"]?.stopSignal == 2)
    }
}
