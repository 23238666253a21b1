import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Interpolating values` {
    private let variables = ["A": "a", "EMPTY": "", "B_2": "b"]
    private let place = Place(file: "a.yaml", line: 1, column: 1)

    private func expand(_ text: String, launch: Bool = true) -> (text: String?, findings: Findings) {
        let findings = Findings()
        let interpolation = Interpolation(variables: Variables(variables), findings: findings)
        return (interpolation.expand(text, at: place, keepsLaunchVariables: launch), findings)
    }

    @Test(arguments: [
        ("plain", "plain"), ("$A", "a"), ("${A}", "a"), ("x${A}y$B_2", "xayb"), ("$$", "$"), ("$$A", "$A"),
        ("$${A}", "${A}"),
        ("$A$A", "aa"), ("${N:-d}", "d"), ("${N-d}", "d"), ("${EMPTY:-d}", "d"), ("${EMPTY-d}", ""), ("${A:-d}", "a"),
        ("${A-d}", "a"),
        ("${A:+x}", "x"), ("${EMPTY:+x}", ""), ("${EMPTY+x}", "x"), ("${N+x}", ""), ("${A:?no}", "a"),
        ("${EMPTY?no}", ""),
        ("${N:-${M:-${A}}}", "a"), ("${N:-$A-z}", "a-z"), ("${N:-}", ""), ("${N:-a:b-c?d}", "a:b-c?d"),
        ("{}$A}", "{}a}"),
        ("${MSCTL_DATA_DIR}/x", "${MSCTL_DATA_DIR}/x"), ("$PORT", "${PORT}"), ("${N:-${PORT}}", "${PORT}"),
    ])
    func `a variable is replaced as in Compose`(text: String, expected: String) {
        let (result, findings) = expand(text)
        #expect(result == expected)
        #expect(findings.problems.isEmpty && findings.warnings.isEmpty)
    }

    @Test(arguments: ["$N", "${N}", "${M:-$N}"])
    func `an unset variable is an empty string and a warning`(text: String) {
        let (result, findings) = expand(text)
        #expect(result == "")
        #expect(
            findings.warnings.map(\.description) == [
                "a.yaml:1:1: the variable 'N' is not set, an empty string is used; set it, or write ${N:-default}"
            ])
    }

    @Test(arguments: [
        ("${N:?set it}", "a.yaml:1:1: the variable 'N' must be set: set it"),
        ("${N?}", "a.yaml:1:1: the variable 'N' must be set"),
        ("${EMPTY:?x $A}", "a.yaml:1:1: the variable 'EMPTY' must be set: x a"),
        ("$ 5", "a.yaml:1:1: '$' is not followed by a name; write $$ for a dollar sign"),
        ("5$", "a.yaml:1:1: '$' is not followed by a name; write $$ for a dollar sign"),
        ("${}", "a.yaml:1:1: '${' is not followed by a variable's name; write $$ for a dollar sign"),
        ("${A", "a.yaml:1:1: '${A' is not closed by '}'"),
        ("${A:-x", "a.yaml:1:1: '${A' is not closed by '}'"),
        ("${A:", "a.yaml:1:1: '${A' is not closed by '}'"),
        ("${A!x}", "a.yaml:1:1: '!' cannot follow '${A'; defaults are written ${A:-default}"),
        ("${A:=x}", "a.yaml:1:1: ':=' cannot follow '${A'; defaults are written ${A:-default}"),
        (
            "${PORT:-1}",
            "a.yaml:1:1: the variable 'PORT' always has a value when the service is launched; write ${PORT}"
        ),
    ])
    func `what cannot be replaced is an error`(text: String, expected: String) {
        let (result, findings) = expand(text)
        #expect(result == nil)
        #expect(findings.problems.map(\.description) == [expected])
    }

    @Test func `defaults nested without end are refused`() {
        let (result, findings) = expand(String(repeating: "${N:-", count: 100_000))
        #expect(result == nil)
        #expect(findings.problems.map(\.message) == ["defaults are nested more than 16 deep"])
    }

    @Test func `a launch variable stays whatever the environment says, in command and environment only`() throws {
        let service = try service(
            "environment: { A: '${PORT}' }\nworking_dir: ${W}", environment: ["PORT": "1", "W": "/w"])
        #expect(service.environment == ["A": "${PORT}"])
        #expect(service.workingDirectory == "/w")
        #expect(
            try problems("services:\n  a:\n    command: [x, $PORT]\n    working_dir: ${MSCTL_DATA_DIR}\n") == [
                "manifests/a.yaml:4:18: the variable 'MSCTL_DATA_DIR' has a value only when the service is launched; "
                    + "it can stand in command, entrypoint and environment"
            ])
    }

    @Test func `values are typed after interpolation, keys and x- words are left alone`() throws {
        let loaded = try load(
            """
            x-note: $UNSET
            services:
              a:
                command: [a]
                x-note: $UNSET
                deploy: { replicas: "${N:-2}" }
                environment: { $K: v }
                depends_on: { b: { condition: service_started, restart: "${R}" } }
              b: { command: [b] }
            """, environment: ["R": "true"])
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.project[service: "a"]?.replicas == 2)
        #expect(loaded.project[service: "a"]?.environment == ["$K": "v"])
        #expect(loaded.project[service: "a"]?.dependsOn == [Dependency(service: "b", restart: true)])
    }

    @Test func `the process environment wins over the manifests' .env, which wins over the project's`() throws {
        let scratch = try ScratchProject([
            ".env": "A=project\nB=project\nC=project\nD=$A", "manifests/.env": "B=manifests\nC=manifests\nE=$B$D",
            "manifests/a.yaml": "services: { a: { command: ['$A', '$B', '$C', '$E'] } }",
        ])
        let project = try scratch.load(environment: ["C": "process"]).project
        #expect(project.services.map(\.command) == [["project", "manifests", "process", "manifestsproject"]])
        #expect(project.services.map(\.environment) == [[:]])
    }
}
