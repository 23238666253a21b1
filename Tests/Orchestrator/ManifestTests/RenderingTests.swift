import SystemPackage
import Testing

@testable import Manifest

@Suite struct `The resolved configuration` {
    @Test func `it can be loaded again and is the same project`() throws {
        let scratch = try ScratchProject(["manifests/a.yaml": Fixture.everything])
        var first = try scratch.load(profiles: ["p"]).project
        try scratch.write(first.yaml(), to: "resolved.yaml")
        var second = try scratch.load(files: ["resolved.yaml"]).project
        #expect(second.yaml() == first.yaml())
        first.files = []
        second.files = []
        #expect(second == first)
    }

    @Test func `JSON is YAML too, with values as services get them`() throws {
        let project = try load("name: p\nservices: { a: { command: [a, '$$x', '${PORT}', \"q\\\"\\n\"] } }").project
        let json = project.json()
        #expect(
            json.hasPrefix(
                "{\n  \"name\": \"p\",\n  \"services\": {\n    \"a\": {\n      \"command\": [\n        \"a\",\n"))
        #expect(json.contains("\"$x\""))
        #expect(json.contains("\"${PORT}\""))
        #expect(json.contains("\"q\\\"\\n\""))
        #expect(YAMLDocument(file: "x", findings: Findings()).read(json)?["services"]?["a"] != nil)
    }

    @Test func `the YAML is Compose's`() throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml":
                "name: p\nservices: { a: { command: [a, 'yes'], ports: [80], environment: { P: $$5 } } }"
        ])
        #expect(
            try scratch.load().project.yaml() == """
                name: p
                services:
                  a:
                    command:
                      - a
                      - "yes"
                    working_dir: \(scratch.directory)
                    environment:
                      P: "$$5"
                    ports:
                      - "80"
                    deploy:
                      replicas: 1
                      restart_policy:
                        condition: none
                        delay: 100ms
                        max_delay: 30s
                        window: 1m
                      update_config:
                        delay: 250ms
                    stop_signal: SIGTERM
                    stop_grace_period: 10s
                    logs:
                      retain: "200000000"
                      runs: 20

                """)
    }

    @Test func `a secret's value is not in it`() throws {
        let scratch = try ScratchProject([
            "key": "hunter2",
            "manifests/a.yaml": "secrets: { s: { file: key } }\nservices: { a: { command: [a], secrets: [s] } }",
        ])
        let project = try scratch.load().project
        #expect(!(project.json() + project.yaml()).contains("hunter2"))
    }
}
