import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Extending services` {
    private func expect(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
        #expect(try problems(text) == expected.map { "manifests/a.yaml:\($0)" }, sourceLocation: location)
    }

    @Test func `a service has what it extends, under its own words`() throws {
        let project = try load(
            """
            secrets: { s: { generate: true } }
            services:
              base:
                command: [base, x]
                environment: { A: base, B: base }
                ports: [1, auto]
                depends_on: [db]
                secrets: [s]
                healthcheck: { http: /, interval: 7s }
                ulimits: { core: { soft: 1, hard: 2 } }
                profiles: [never]
              web:
                extends: base
                command: [web]
                environment: [B=web]
                ports: [1, 2]
                healthcheck: { tcp: true }
                ulimits: { core: { soft: 0 } }
                profiles: !override []
              db: { command: [db] }
            """
        ).project
        let web = try #require(project[service: "web"])
        #expect(project.services.map(\.name) == ["web", "db"])
        #expect(web.command == ["web"])
        #expect(web.environment == ["A": "base", "B": "web"])
        #expect(web.ports == [.fixed(1), .auto, .fixed(2)])
        #expect(web.dependsOn == [Dependency(service: "db")])
        #expect(web.secrets == ["s"])
        #expect(web.healthcheck?.check == .tcp && web.healthcheck?.interval == .seconds(7))
        #expect(web.limits.ulimits == [.init(name: "core", soft: 0, hard: 2)])
    }

    @Test func `chains of extends end at the first service, in whatever order they stand`() throws {
        let project = try load(
            """
            services:
              c: { extends: { service: b }, environment: { C: c } }
              b: { extends: { service: a }, environment: { A: b, B: b } }
              a: { command: [a], environment: { A: a } }
            """
        ).project
        #expect(project[service: "c"]?.command == ["a"])
        #expect(project[service: "c"]?.environment == ["A": "b", "B": "b", "C": "c"])
        #expect(project[service: "b"]?.environment == ["A": "b", "B": "b"])
        #expect(project[service: "a"]?.environment == ["A": "a"])
    }

    @Test func `a service of another file brings its paths with it, and further files of its own`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": """
            services:
              a:
                extends: { file: common/base.yaml, service: base }
                env_file: [own.env]
            """,
            "common/base.yaml": """
            services:
              base:
                extends: { file: ../deep/root.yaml, service: root }
                env_file: base.env
                build: { command: make, context: src }
              unused: { comand: [x] }
            """,
            "deep/root.yaml": "services: { root: { command: ['${WHO}'], working_dir: here } }",
            "common/base.env": "A=base\nB=base", "own.env": "B=own", ".env": "WHO=root",
        ])
        let service = try #require(try scratch.load().project[service: "a"])
        let root = scratch.directory.string
        #expect(service.command == ["root"])
        #expect(service.environment == ["A": "base", "B": "own"])
        #expect(service.build?.context == root + "/common/src")
        #expect(service.workingDirectory == root + "/deep/here")
    }

    @Test func `a service that says no directory works in the project's, wherever it was extended from`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "services: { a: { extends: { file: x/b.yaml, service: b } } }",
            "x/b.yaml": "services: { b: { command: [b] } }",
        ])
        #expect(try scratch.load().project.services.map(\.workingDirectory) == [scratch.directory.string])
    }

    @Test func `reset and override are about the extended service, and about an earlier file as well`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": """
            services:
              a:
                command: [a]
                ports: [8]
                environment: { EARLIER: x, KEPT: x }
                group_add: [early]
                stop_signal: INT
            """,
            "manifests/2.yaml": """
            services:
              base:
                command: [base]
                ports: [9]
                environment: { BASE: x, GONE: x }
                group_add: [base]
                restart: always
                profiles: [none]
              a:
                extends: base
                ports: !override [7]
                environment: { EARLIER: !reset null, GONE: !reset null }
                restart: !reset null
                stop_signal: !reset null
                profiles: !reset []
            """,
        ])
        let service = try #require(try scratch.load().project[service: "a"])
        #expect(service.ports == [.fixed(7)])
        #expect(service.environment == ["KEPT": "x", "BASE": "x"])
        #expect(service.restart == RestartPolicy())
        #expect(service.stopSignal == 15)
        #expect(service.groups == ["early", "base"])
        #expect(service.command == ["base"])
    }

    @Test func `tags of the extended service end with it`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services: { a: { command: [a], ports: [8], group_add: [x] } }",
            "manifests/2.yaml":
                "services: { b: { command: [b], ports: !override [9], group_add: !reset [], profiles: [no] }, "
                + "a: { extends: b, profiles: !reset [] } }",
        ])
        let service = try #require(try scratch.load().project[service: "a"])
        #expect(service.ports == [.fixed(8), .fixed(9)])
        #expect(service.groups == ["x"])
    }

    @Test func `a whole service that overrides an earlier file still extends`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services: { a: { command: [a], ports: [8] } }",
            "manifests/2.yaml":
                "services: { b: { command: [b], profiles: [p] }, a: !override { extends: b, scale: 2 } }",
        ])
        let service = try #require(try scratch.load(profiles: ["p"]).project[service: "a"])
        #expect(service.command == ["b"] && service.ports.isEmpty && service.replicas == 2)
    }

    @Test func `a later file may change what extends, and does not change what was extended`() throws {
        let scratch = try ScratchProject([
            "manifests/1.yaml": "services: { base: { command: [one] }, a: { extends: base } }",
            "manifests/2.yaml": "services: { base: { command: [two] }, a: { scale: 3 } }",
        ])
        let project = try scratch.load().project
        #expect(project[service: "a"]?.command == ["one"] && project[service: "a"]?.replicas == 3)
        #expect(project[service: "base"]?.command == ["two"])
    }

    @Test func `profiles are carried`() throws {
        let text = "services: { a: { command: [a] , profiles: [p] }, b: { extends: a, profiles: [q] } }"
        let scratch = try ScratchProject(["manifests/a.yaml": text])
        #expect(try scratch.load(profiles: ["p"]).project.services.map(\.name) == ["a", "b"])
        #expect(try scratch.load(profiles: ["q"]).project.services.map(\.name) == ["b"])
    }

    @Test func `a circle is named, once, with its files when there are several`() throws {
        try expect(
            "services:\n  a: { command: [a], extends: b }\n  b: { extends: c }\n  c: { extends: a }\n",
            ["4:8: services extend each other in a circle: a → b → c → a"])
        let scratch = try ScratchProject([
            "manifests/a.yaml": "services: { a: { command: [a], extends: { file: b.yaml, service: b } } }",
            "b.yaml": "services: { b: { extends: { file: manifests/a.yaml, service: a } } }",
        ])
        #expect(
            scratch.problems() == [
                "b.yaml:1:18: services extend each other in a circle: a in manifests/a.yaml → b in b.yaml → a in manifests/a.yaml"
            ])
        try expect(
            "services: { a: { command: [a], extends: a } }",
            ["1:32: services extend each other in a circle: a → a"])
    }

    @Test func `a chain without end is refused`() throws {
        let lines = (0..<5000).map { "  s\($0): { extends: s\($0 + 1) }\n" }
        let found = try problems("services:\n" + lines.joined() + "  s5000: { command: [a] }\n")
        #expect(found.contains { $0.hasSuffix("more than 64 services extend one another") })
    }

    @Test(arguments: [
        (
            "extends: bse",
            "4:14: service 'a' extends 'bse', which is not in 'manifests/a.yaml'; did you mean 'base'?"
        ),
        (
            "extends: other",
            "4:14: service 'a' extends 'other', which is not in 'manifests/a.yaml'; "
                + "a service of another file is named by { file: PATH, service: NAME }"
        ),
        ("extends: {}", "4:14: extends of service 'a' has no service; add 'service: NAME'"),
        (
            "extends: { service: base, flie: x }",
            "4:31: unknown key 'flie' in extends of service 'a'; did you mean 'file'?"
        ),
        ("extends: [base]", "4:14: extends of service 'a' must be a mapping, not a list"),
        ("extends: { service: base, file: no.yaml }", "4:37: the file 'no.yaml' does not exist"),
        (
            "extends: { service: base, file: b.yaml }",
            "4:37: the file 'b.yaml' does not exist; paths begin at 'DIR'; did you mean 'manifests/b.yaml'?"
        ),
        (
            "extends: { service: x, file: manifests/b.yaml }",
            "4:25: service 'a' extends 'x', which is not in 'manifests/b.yaml'"
        ),
    ])
    func `what cannot be extended is reported at its place`(line: String, expected: String) throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "services:\n  a:\n    command: [a]\n    \(line)\n  base: { command: [base] }\n",
            "manifests/b.yaml": "services: { bb: { command: [b] } }",
        ])
        #expect(
            scratch.problems() == [
                "manifests/a.yaml:\(expected.replacing("DIR", with: scratch.directory.string))"
            ])
    }
}
