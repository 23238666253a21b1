import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Services checked against each other` {
    private func expect(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
        #expect(try problems(text) == expected.map { "manifests/a.yaml:\($0)" }, sourceLocation: location)
    }

    @Test func `an unknown dependency is reported with the nearest name`() throws {
        try expect(
            "services:\n  order: { command: [o], depends_on: [usr] }\n  user: { command: [u] }\n",
            ["2:39: service 'order' depends on 'usr', which is not defined; did you mean 'user'?"])
    }

    @Test func `an unknown dependency that is not required is a warning`() throws {
        let loaded = try load(
            "services: { a: { command: [a], depends_on: { b: { condition: service_started, required: false } } } }")
        #expect(
            loaded.warnings.map(\.description) == [
                "manifests/a.yaml:1:46: service 'a' depends on 'b', which is not defined"
            ])
    }

    @Test func `a cycle is shown as a path, once`() throws {
        try expect(
            """
            services:
              a: { command: [a], depends_on: [b] }
              b: { command: [b], depends_on: [c] }
              c: { command: [c], depends_on: [a] }
            """, ["4:35: services depend on each other in a circle: a → b → c → a"])
        try expect(
            "services: { a: { command: [a], depends_on: [a] } }",
            ["1:45: services depend on each other in a circle: a → a"])
    }

    @Test func `a long chain of services is no cycle and no deep recursion`() throws {
        let lines = (0..<5000).map { "  s\($0): { command: [a], depends_on: [s\($0 + 1)] }\n" }
        let project = try load("services:\n" + lines.joined() + "  s5000: { command: [a] }\n").project
        #expect(project.services.count == 5001)
    }

    @Test func `two services on one port are told with both places`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": "services:\n  a: { command: [a], ports: [3000] }\n",
            "manifests/b.yaml": "services:\n  b:\n    command: [b]\n    ports: [\"3000:3000\"]\n",
        ])
        #expect(
            scratch.problems() == [
                "manifests/b.yaml:4:13: port 3000 of service 'b' is taken by service 'a' at manifests/a.yaml:2:30; "
                    + "choose another, or 'auto'"
            ])
    }

    @Test func `a port of a service that no profile has is free`() throws {
        let text = "services: { a: { command: [a], ports: [1] }, b: { command: [b], ports: [1], profiles: [p] } }"
        #expect(try load(text).project.services.count == 1)
    }

    @Test func `a dependency on a service that no profile has is an error unless it is not required`() throws {
        let body = { (required: Bool) in
            """
            services:
              a: { command: [a], depends_on: { b: { condition: service_started, required: \(required) } } }
              b: { command: [b], profiles: [p] }
            """
        }
        try expect(
            body(true),
            ["2:36: service 'a' depends on 'b', which no active profile has; add --profile p, or 'required: false'"])
        #expect(try load(body(false)).project.services.map(\.name) == ["a"])
    }

    @Test func `a condition that cannot become true is an error`() throws {
        try expect(
            """
            services:
              a: { command: [a], depends_on: { b: { condition: service_healthy } } }
              b: { command: [b] }
              c: { command: [c], depends_on: { d: { condition: service_completed_successfully } } }
              d: { command: [d], restart: always }
            """,
            [
                "2:36: service_healthy cannot be true of 'b', which has no healthcheck; "
                    + "add healthcheck or ready_on to it, or wait for service_started",
                "4:36: service_completed_successfully cannot be true of 'd', which is always restarted; "
                    + "give it 'restart: \"no\"' or 'restart: on-failure'",
            ])
    }

    @Test func `names that become one variable in one service are an error`() throws {
        try expect(
            """
            secrets: { a-b: { generate: true }, a_b: { generate: true } }
            services:
              x: { command: [x], secrets: [a-b, a_b], depends_on: [u-s, u.s] }
              u-s: { command: [x] }
              u.s: { command: [x] }
            """,
            [
                "3:37: the secrets 'a-b' and 'a_b' of service 'x' are both A_B_FILE; rename one of them",
                "3:61: the dependencies 'u-s' and 'u.s' of service 'x' are both U_S_URL; rename one of them",
            ])
    }
}
