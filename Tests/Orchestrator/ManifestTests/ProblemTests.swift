import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Problems` {
    /// A manifest with a service `a` whose first line after its name is line 3, column 5.
    private static func service(_ lines: String) -> String { "services:\n  a:\n    \(lines)\n" }

    private static func a(_ lines: String) -> String { service("command: [a]\n    \(lines)") }

    private func expect(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
        #expect(try problems(text) == expected.map { "manifests/a.yaml:\($0)" }, sourceLocation: location)
    }

    @Test func `a typo is reported with the nearest known key`() throws {
        try expect(
            Self.service("enviroment: {}\n    command: [a]"),
            [
                "3:5: unknown key 'enviroment' in service 'a'; did you mean 'environment'?"
            ])
        try expect("servces: {}", ["1:1: unknown key 'servces' in the manifest; did you mean 'services'?"])
        try expect(
            Self.a("healthcheck: { test: x, intervall: 5s }"),
            [
                "4:29: unknown key 'intervall' in healthcheck of service 'a'; did you mean 'interval'?"
            ])
        try expect(Self.a("zzz: 1"), ["4:5: unknown key 'zzz' in service 'a'"])
    }

    @Test(arguments: [
        ("ports: 3000", "4:12: 'ports' in service 'a' must be a list, not '3000'"),
        ("ports: [[1]]", "4:13: a port of service 'a' must be a mapping, not a list"),
        (
            "ports: [0]",
            "4:13: port '0' in service 'a' must be a number from 1 to 65535 or auto; 'auto' takes a free port"
        ),
        ("ports: [70000]", "4:13: port '70000' in service 'a' must be a number from 1 to 65535 or auto"),
        (
            "ports: [\"8080:80\"]",
            "4:13: port '8080:80' in service 'a' maps one port to another, and a process has no port mapping; write the port that the service listens on"
        ),
        (
            "ports: [{ target: 80, published: 8080 }]",
            "4:13: port '8080:80' in service 'a' maps one port to another, and a process has no port mapping; write the port that the service listens on"
        ),
        (
            "ports: [\"127.0.0.1:80:80\"]",
            "4:13: port '127.0.0.1:80:80' in service 'a' names an address; the service itself decides where it listens; write the port alone"
        ),
        (
            "ports: [3000-3002]",
            "4:13: port '3000-3002' in service 'a' is a range; list each port, or scale the service with deploy.replicas"
        ),
        ("ports: [53/udp]", "4:13: port '53/udp' in service 'a' is not TCP; only TCP ports are supported"),
        ("ports: [{ published: 80 }]", "4:13: a port of service 'a' has no target"),
        (
            "ports: [{ target: 80, host_ip: x }]",
            "4:27: 'host_ip' in a port of service 'a' needs a container, and msctl runs processes; the service itself decides where it listens"
        ),
        ("scale: two", "4:12: 'scale' in service 'a' must be a whole number from 0 to 1000, not 'two'"),
        ("scale: 1001", "4:12: 'scale' in service 'a' must be a whole number from 0 to 1000, not '1001'"),
        ("scale: 010", "4:12: 'scale' in service 'a' must be a whole number from 0 to 1000, not '010'"),
        (
            "scale: 2\n    deploy: { replicas: 3 }",
            "4:5: 'scale' in service 'a' is 2 and deploy.replicas is 3; keep one of them"
        ),
        (
            "stop_grace_period: 30",
            "4:24: 'stop_grace_period' in service 'a' must be a duration such as 1m30s, not '30'; did you mean 30s?"
        ),
        (
            "stop_signal: SIGTREM",
            "4:18: 'stop_signal' in service 'a' must be the name or number of a signal, not 'SIGTREM'; did you mean 'SIGTERM'?"
        ),
        (
            "restart: never",
            "4:14: 'restart' in service 'a' must be one of no, always, on-failure, on-failure:N, unless-stopped, not 'never'; did you mean 'no'?"
        ),
        ("environment: 5", "4:18: 'environment' in service 'a' must be a mapping or a list of NAME=value, not '5'"),
        ("environment: { A: [x] }", "4:23: the variable 'A' in service 'a' must be a string, not a list"),
        ("environment: [=x]", "4:19: '' in service 'a' is no name for a variable"),
        ("env_file: absent.env", "4:15: the env file 'absent.env' does not exist"),
        ("env_file: [{ path: absent.env }]", "4:24: the env file 'absent.env' does not exist"),
        ("env_file: manifests", "4:15: the env file 'manifests' is a directory, a pipe or a device"),
        ("env_file: [{ required: false }]", "4:16: env_file of service 'a' has no path"),
        (
            "env_file: [{ path: x, required: false, format: raw }]",
            "4:44: 'format' in env_file of service 'a' is not supported yet"
        ),
        ("working_dir: [x]", "4:18: 'working_dir' in service 'a' must be a string that is not empty, not a list"),
        ("healthcheck: x", "4:18: healthcheck of service 'a' must be a mapping, not 'x'"),
        (
            "healthcheck: { interval: 5s }",
            "4:18: healthcheck of service 'a' asks nothing; add 'http: PATH', 'tcp: true', 'log: REGEX' or 'test: [CMD, ...]'"
        ),
        (
            "healthcheck: { http: /, tcp: true, port: 1 }",
            "4:18: healthcheck of service 'a' has http and tcp; keep one of them"
        ),
        (
            "healthcheck: { http: /h }",
            "4:20: healthcheck of service 'a' asks a port, and the service has none; add 'ports', or 'port' to the healthcheck"
        ),
        (
            "liveness: { tcp: true }",
            "4:17: liveness of service 'a' asks a port, and the service has none; add 'ports', or 'port' to the liveness"
        ),
        (
            "healthcheck: { http: 'http://x/', port: 1 }",
            "4:26: 'http' in healthcheck of service 'a' must be a path that begins with '/', not the string 'http://x/'; write the path alone, and the port as 'port'"
        ),
        (
            "healthcheck: { tcp: \"true\", port: 1 }",
            "4:25: 'tcp' in healthcheck of service 'a' must be true or false, not the string 'true'; write true without quotes"
        ),
        (
            "healthcheck: { tcp: yes, port: 1 }",
            "4:25: 'tcp' in healthcheck of service 'a' must be true or false, not 'yes'; write true without quotes"
        ),
        (
            "healthcheck: { http: /, port: 1, expect_status: 99 }",
            "4:53: 'expect_status' in healthcheck of service 'a' must be a status such as 200, or a range such as 200-399, not '99'"
        ),
        (
            "healthcheck: { http: /, port: 1, headers: { 'a b': c } }",
            "4:38: 'a b' in headers of healthcheck of service 'a' is no HTTP header"
        ),
        (
            "healthcheck: { test: [curl, x] }",
            "4:26: 'test' in healthcheck of service 'a' must be a line, [CMD, PROGRAM, ...], [CMD-SHELL, LINE] or [NONE]"
        ),
        (
            "healthcheck: { test: x, port: 1 }",
            "4:29: 'port' in healthcheck of service 'a' goes with http or tcp, not with test"
        ),
        ("healthcheck: { test: x, headers: {} }", "4:29: 'headers' in healthcheck of service 'a' goes with http"),
        (
            "healthcheck: { test: x, interval: 0s }",
            "4:39: 'interval' in healthcheck of service 'a' must be a duration above zero such as 1m30s, not '0s'"
        ),
        (
            "healthcheck: { test: x, retries: 0 }",
            "4:38: 'retries' in healthcheck of service 'a' must be a whole number from 1 to 10000, not '0'"
        ),
        ("ready_on: {}", "4:15: ready_on of service 'a' has no log; add 'log: REGEX'"),
        (
            "ready_on: { log: '(' }",
            "4:22: 'log' in ready_on of service 'a' must be a regular expression, not the string '('"
        ),
        ("logs: { retain: much }", "4:21: 'retain' in logs of service 'a' must be a size such as 200MB, not 'much'"),
        ("logs: { runs: 0 }", "4:19: 'runs' in logs of service 'a' must be a whole number from 1 to 100000, not '0'"),
        (
            "build: .",
            "4:12: build of service 'a' is a directory to build an image from, which needs a container; write { swift: PRODUCT } or { command: [...] }"
        ),
        ("build: {}", "4:12: build of service 'a' says nowhere how to build; add 'swift: PRODUCT' or 'command: [...]'"),
        ("build: { swift: a, command: b }", "4:12: build of service 'a' has both swift and command; keep one of them"),
        (
            "build: { swift: a, configuration: fast }",
            "4:39: 'configuration' in build of service 'a' must be one of debug, release, not 'fast'"
        ),
        ("build: { command: b, flags: [] }", "4:26: 'flags' in build of service 'a' goes with swift, not with command"),
        (
            "deploy: { restart_policy: { condition: never } }",
            "4:44: 'condition' in restart_policy of service 'a' must be one of none, on-failure, any, not 'never'"
        ),
        (
            "deploy: { restart_policy: { delay: 2s, max_delay: 1s } }",
            "4:44: max_delay in restart_policy of service 'a' is shorter than delay"
        ),
        (
            "depends_on: { b: {} }",
            "4:19: depends_on 'b' of service 'a' has no condition; one of service_started, service_healthy, service_completed_successfully"
        ),
        (
            "profiles: [a b]",
            "4:16: an entry of 'profiles' in service 'a' must be a name that matches [a-zA-Z0-9][a-zA-Z0-9._-]*, not 'a b'"
        ),
        ("secrets: [nope]", "4:15: service 'a' uses the secret 'nope', which is not defined; add it below 'secrets:'"),
        (
            "secrets: [{ uid: 5, source: x }]",
            "4:17: 'uid' in secrets of service 'a' needs a container, and msctl runs processes; the secret's file is named by its NAME_FILE variable"
        ),
    ])
    func `a wrong value in a service is reported at its place`(lines: String, expected: String) throws {
        let found = try problems(Self.a(lines) + "  b: { command: [b] }\n")
        #expect(found.contains("manifests/a.yaml:\(expected)"))
    }

    @Test(arguments: [
        ("user: a b", "4:11: 'user' in service 'a' must be USER, USER:GROUP, UID or UID:GID, not 'a b'"),
        ("user: 'a:'", "4:11: 'user' in service 'a' must be USER, USER:GROUP, UID or UID:GID, not the string 'a:'"),
        ("user: 4294967295", "4:11: 'user' in service 'a' must be USER, USER:GROUP, UID or UID:GID, not '4294967295'"),
        (
            "group_add: [-x]",
            "4:17: an entry of 'group_add' in service 'a' must be the name or number of a group, not '-x'"
        ),
        (
            "umask: 22",
            "4:12: 'umask' in service 'a' must be an octal mask such as 022, not '22'; write 022, it is octal"
        ),
        ("umask: 099", "4:12: 'umask' in service 'a' must be an octal mask such as 022, not '099'"),
        ("umask: '1000'", "4:12: 'umask' in service 'a' must be an octal mask such as 022, not the string '1000'"),
        ("ulimits: { nofiles: 5 }", "4:16: unknown key 'nofiles' in ulimits of service 'a'; did you mean 'nofile'?"),
        (
            "ulimits: { core: unlimited }",
            "4:22: 'core' in ulimits of service 'a' must be a whole number, or -1 for no limit, not 'unlimited'; write -1"
        ),
        (
            "ulimits: { core: { soft: 1 } }",
            "4:22: core in ulimits of service 'a' has no hard; write one number for both"
        ),
        (
            "ulimits: { core: { soft: -1, hard: 5 } }",
            "4:24: the soft limit of core in ulimits of service 'a' is above the hard one"
        ),
        ("mem_limit: 0", "4:16: 'mem_limit' in service 'a' must be a size above zero such as 200MB, not '0'"),
        (
            "mem_limit: 1m\n    deploy: { resources: { limits: { memory: 2m } } }",
            "4:5: 'mem_limit' and deploy.resources.limits.memory of service 'a' differ; keep one of them; "
                + "the other is at manifests/a.yaml:5:38"
        ),
        (
            "pids_limit: 0",
            "4:17: 'pids_limit' in service 'a' must be a whole number above zero, or -1 for no limit, not '0'"
        ),
        (
            "cpus: half",
            "4:11: 'cpus' in service 'a' must be a number of cores such as 0.5, or 0 for no limit, not 'half'"
        ),
        (
            "deploy: { resources: { reservations: {} } }",
            "4:28: 'reservations' in resources of deploy of service 'a' is not supported yet; use limits"
        ),
        (
            "deploy: { update_config: { order: start } }",
            "4:39: 'order' in update_config of deploy of service 'a' must be one of stop-first, start-first, not 'start'; "
                + "did you mean 'start-first'?"
        ),
        (
            "deploy: { update_config: { parallelism: 2 } }",
            "4:45: 'parallelism' in update_config of deploy of service 'a' must be 1, not '2'; "
                + "instances are replaced one at a time"
        ),
        (
            "deploy: { update_config: { failure_action: rollback } }",
            "4:48: 'failure_action' in update_config of deploy of service 'a' must be pause, not 'rollback'; "
                + "an update that fails stops there, and the instances that are left stay"
        ),
        (
            "deploy: { update_config: { monitor: 5s } }",
            "4:32: 'monitor' in update_config of deploy of service 'a' is not supported yet; "
                + "use a healthcheck: what is not ready does not replace what runs"
        ),
        (
            "success_exit_codes: [256]",
            "4:26: an entry of 'success_exit_codes' in service 'a' must be a whole number from 0 to 255, not '256'"
        ),
        (
            "success_exit_codes: 3",
            "4:25: 'success_exit_codes' in service 'a' must be a list, not '3'"
        ),
        (
            "develop: { watch: [{ path: x, action: sync }] }",
            "4:43: 'action' in a watch rule of service 'a' must be rebuild or restart, not 'sync'; "
                + "a process runs where its files are, so there is nothing to copy"
        ),
        (
            "develop: { watch: [{ path: x, action: restart, target: /x }] }",
            "4:52: 'target' in a watch rule of service 'a' needs a container, and msctl runs processes; "
                + "a process runs where its files are; leave it out"
        ),
        ("develop: { watch: [{ action: restart }] }", "4:24: a watch rule of service 'a' has no path"),
        ("develop: { watch: [{ path: x }] }", "4:24: a watch rule of service 'a' has no action"),
        (
            "develop: { watch: [{ path: x, action: rebuild }] }",
            "4:35: a watch rule of service 'a' rebuilds, and the service has no build; "
                + "add 'build', or use 'action: restart'"
        ),
        ("develop: { watch: {} }", "4:23: 'watch' in develop of service 'a' must be a list, not a mapping"),
        (
            "healthcheck: { test: x }\n    startup: { test: x }\n    ready_on: { log: x }",
            "6:5: service 'a' has healthcheck, startup and ready_on, and ready_on beside a healthcheck is a startup; "
                + "keep startup or ready_on"
        ),
        (
            "startup: { log: '(' }",
            "4:21: 'log' in startup of service 'a' must be a regular expression, not the string '('"
        ),
        (
            "startup: { log: x, port: 5 }",
            "4:24: 'port' in startup of service 'a' goes with http or tcp, not with log"
        ),
        (
            "startup: { tcp: true }",
            "4:16: startup of service 'a' asks a port, and the service has none; add 'ports', or 'port' to the startup"
        ),
        (
            "healthcheck: { test: x, expect_body: y }",
            "4:29: 'expect_body' in healthcheck of service 'a' goes with http"
        ),
    ])
    func `a wrong word about rights, limits, updates, watching or starting is reported at its place`(
        lines: String, expected: String
    ) throws {
        try expect(Self.a(lines), [expected])
    }

    @Test func `everything is reported at once, in order`() throws {
        try expect(
            """
            services:
              b: { comand: [b] }
              a: { command: [a], scale: x, image: y }
            """,
            [
                "2:3: service 'b' has no command; add 'command: [PROGRAM]' or 'build: { swift: PRODUCT }'",
                "2:8: unknown key 'comand' in service 'b'; did you mean 'command'?",
                "3:29: 'scale' in service 'a' must be a whole number from 0 to 1000, not 'x'",
                "3:32: 'image' in service 'a' needs a container, and msctl runs processes; use command, and build to make the program",
            ])
    }

    @Test(arguments: [
        (
            "services: { a: }",
            "1:13: service 'a' has no command; add 'command: [PROGRAM]' or 'build: { swift: PRODUCT }'"
        ),
        ("services: { a: { command: [''] } }", "1:13: the command of service 'a' begins with an empty word"),
        (
            "services: { a: { command: 'x \"y' } }",
            "1:27: 'command' in service 'a' must be a list of words, or a line with its quotes closed, not the string 'x \"y'"
        ),
        (
            "services: { a: { command: [[x]] } }",
            "1:28: an entry of 'command' in service 'a' must be a string, not a list"
        ),
        (
            "services: { a/b: { command: [a] } }",
            "1:13: 'a/b' is no name for a service; names match [a-zA-Z0-9][a-zA-Z0-9._-]*"
        ),
        ("services: [a]", "1:11: 'services' must be a mapping, not a list"),
        ("services: { a: [x] }", "1:16: service 'a' must be a mapping, not a list"),
        (
            "name: My Shop\nservices: { a: { command: [a] } }",
            "1:7: 'name' in the manifest must be a name of a-z, 0-9, '-' and '_' that begins with a letter or digit, not 'My Shop'; did you mean 'myshop'?"
        ),
        ("- a", "1:1: a manifest must be a mapping, not a list"),
        ("just text", "1:1: a manifest must be a mapping, not 'just text'"),
        (
            "secrets: { s: {} }\nservices: { a: { command: [a] } }",
            "1:12: secret 's' says nowhere where it comes from; add 'file: PATH', 'environment: VARIABLE' or 'generate: true'"
        ),
        (
            "secrets: { s: { environment: X, generate: true } }\nservices: { a: { command: [a] } }",
            "1:12: secret 's' has both generate and environment; keep one of them"
        ),
        (
            "secrets: { s: { environment: $$X } }\nservices: { a: { command: [a] } }",
            "1:30: 'environment' in secret 's' must be the name of a variable, not '$X'; write the name alone, without $"
        ),
        (
            "secrets: { s: { file: x, generate: true } }\nservices: { a: { command: [a] } }",
            "1:12: secret 's' has both file and generate; keep one of them"
        ),
        (
            "secrets: { s: { file: x } }\nservices: { a: { command: [a] } }",
            "1:23: the file 'x' of secret 's' does not exist"
        ),
    ])
    func `a wrong project is reported at its place`(text: String, expected: String) throws {
        try expect(text, [expected])
    }

    @Test func `a file without services is no project`() throws {
        #expect(try problems("name: x") == ["the manifests define no service; add one below 'services:'"])
        #expect(try problems("") == ["the manifests define no service; add one below 'services:'"])
        #expect(try problems("# only a comment\n") == ["the manifests define no service; add one below 'services:'"])
    }
}
