import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Env files` {
    private func read(_ text: String, launch: Bool = false) -> (values: [String: String], problems: [String]) {
        let findings = Findings()
        let file = EnvFile(
            file: ".env", variables: Variables(["HOME": "/h"]), findings: findings, keepsLaunchVariables: launch)
        return (file.read(text), findings.problems.map(\.description))
    }

    @Test(arguments: [
        ("A=1", ["A": "1"]), ("export A=1", ["A": "1"]), ("A: 1", ["A": "1"]), ("  A = 1  ", ["A": "1"]),
        ("A=", ["A": ""]),
        ("# c\n\nA=1 # c", ["A": "1"]), ("A=1#2", ["A": "1#2"]), ("A=#2", ["A": ""]), ("A='$x \\n#'", ["A": "$x \\n#"]),
        ("A='it\\'s'", ["A": "it's"]), ("A=\"l1\\nl2\\t\\\"q\\\" \\$x\"", ["A": "l1\nl2\t\"q\" $x"]),
        ("A=\"l1\nl2\" # c", ["A": "l1\nl2"]),
        ("A=${HOME}/x\nB=$A/y", ["A": "/h/x", "B": "/h/x/y"]), ("A='1'\r\nB=2\r\n", ["A": "1", "B": "2"]),
        ("HOME\nUNSET", ["HOME": "/h"]),
        ("A=1\nA=2", ["A": "2"]), ("A=a=b", ["A": "a=b"]), ("export=1", ["export": "1"]), ("", [:]),
    ])
    func `an env file is read as Compose reads it`(text: String, expected: [String: String]) {
        let (values, problems) = read(text)
        #expect(values == expected)
        #expect(problems.isEmpty)
    }

    @Test(arguments: [
        ("A='x", [".env:1:3: the quote is not closed"]), ("A=1\n=2", [".env:2:1: expected NAME=value"]),
        ("A B=1", [".env:1:3: expected '=' after 'A'"]),
        ("A=\"x\" y", [".env:1:7: unexpected text after the closing quote"]),
        (
            "ok=1\nA=$!\nB=${HOME:-",
            [
                ".env:2:1: '$' is not followed by a name; write $$ for a dollar sign",
                ".env:3:1: '${HOME' is not closed by '}'",
            ]
        ),
        (
            "A=$PORT",
            [
                ".env:1:1: the variable 'PORT' has a value only when the service is launched; "
                    + "it can stand in command, entrypoint and environment"
            ]
        ),
    ])
    func `what is no assignment is reported with its place`(text: String, expected: [String]) {
        #expect(read(text).problems == expected)
    }

    @Test func `a service's env files come in order and below its environment`() throws {
        let scratch = try ScratchProject([
            "one.env": "A=1\nB=1\nC=1\nD=${PORT}", "two.env": "B=2\nC=2",
            "manifests/a.yaml": """
            services:
              a:
                command: [a]
                env_file: [one.env, { path: two.env }, { path: absent.env, required: false }]
                environment: [C=3, FROM_PROCESS, NOT_THERE, 'E=x=y']
            """,
        ])
        let service = try scratch.load(environment: ["FROM_PROCESS": "p"]).project.services.first
        #expect(
            service?.environment == [
                "A": "1", "B": "2", "C": "3", "D": "${PORT}", "FROM_PROCESS": "p", "E": "x=y",
            ])
    }
}
