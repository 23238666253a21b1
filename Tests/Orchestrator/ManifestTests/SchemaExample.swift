/// Manifests for the schema's tests: a place for every kind of mapping, with one key and value on lines 2 and 3.
struct SchemaExample {
    /// What stands before and behind the mapping's braces.
    var before: String
    var behind: String
    /// Keys without which the mapping would be wrong; when there is one of `apart`, these are left out.
    var others: [(key: String, value: String)] = []
    var apart: [String] = []
    /// Problems are told at the mapping, not at the value.
    var tellsAbove = false

    func text(key: String, value: String) -> String {
        let kept =
            apart.contains(key) ? "" : others.filter { $0.key != key }.map { "\($0.key): \($0.value), " }.joined()
        return "\(before){ \(kept)\n\(key):\n\(value)\n}\(behind)\n"
    }

    private static func service(
        _ key: String, _ before: String = "", _ behind: String = "", others: [(key: String, value: String)] = [],
        apart: [String] = [],
        tellsAbove: Bool = false
    ) -> SchemaExample {
        SchemaExample(
            before: "services: { b: { command: [b] }, a: { command: [a], build: { swift: a }, \(key): \(before)",
            behind: "\(behind) } }", others: others, apart: apart, tellsAbove: tellsAbove)
    }

    /// By the shape's name.
    static let all: [String: SchemaExample] = [
        "manifest": SchemaExample(before: "", behind: "", others: [("services", "{ a: { command: [a] } }")]),
        "include": SchemaExample(
            before: "include: [", behind: "]\nservices: { a: { command: [a] } }", others: [("path", "b.yaml")]),
        "secret": SchemaExample(before: "services: { a: { command: [a] } }, secrets: { s: ", behind: "}").inFlow,
        "service": SchemaExample(
            before: "services: { a: ", behind: "}",
            others: [("command", "[a]"), ("ports", "[1]"), ("build", "{ swift: a }")]),
        "extends": service("extends", others: [("service", "b")]),
        "build": SchemaExample(
            before: "services: { a: { command: [a], build: ", behind: "} }", others: [("swift", "p")],
            apart: ["command"]),
        "env_file": service("env_file", "[", "]", others: [("path", "x.env"), ("required", "false")]),
        "port": service("ports", "[", "]", others: [("target", "80")], tellsAbove: true),
        "secret_use": service("secrets", "[", "]"),
        "dependency": service("depends_on", "{ b: ", "}", others: [("condition", "service_started")]),
        "logs": service("logs"),
        "socket": service("sockets", "{ s: ", "}", others: [("port", "9")]),
        "named_socket": service("sockets", "[", "]", others: [("name", "s")], tellsAbove: true),
        "develop": service("develop"),
        "watch": service("develop", "{ watch: [", "] }", others: [("path", "x"), ("action", "restart")]),
        "probe": service(
            "healthcheck", others: [("http", "/"), ("port", "1")], apart: ["test", "tcp", "log", "disable"]),
        "ready_on": service("ready_on", others: [("log", "x")]),
        "deploy": service("deploy"),
        "restart_policy": service("deploy", "{ restart_policy: ", "}"),
        "update_config": service("deploy", "{ update_config: ", "}"),
        "resources": service("deploy", "{ resources: ", "}"),
        "limits": service("deploy", "{ resources: { limits: ", "} }"),
        "ulimits": service("ulimits"),
        "ulimit": service("ulimits", "{ core: ", "}", others: [("soft", "1"), ("hard", "1")]),
    ]

    /// The whole document in braces.
    private var inFlow: SchemaExample { SchemaExample(before: "{ " + before, behind: behind + " }", others: others) }

    static let values = [
        "~", "\"\"", "x", "X y", "0", "1", "-1", "5", "200", "70000", "99999999999", "0.5", "1.5", "5s", "0s", "1m30s",
        "200MB", "true", "false", "\"true\"", "\"5\"", "[]", "{}", "[x]", "[5]", "{ x: y }", "/p", "auto", "022",
    ]

    /// A problem that a schema of one file cannot know.
    static func isBeyond(_ problem: String) -> Bool {
        !problem.contains("has no name") && beyond.contains(where: problem.contains)
    }

    private static let beyond = [
        "does not exist", "is a directory,", "not defined", "which is not in", "has no ", "says nowhere",
        "asks nothing",
        "read already", "is above", "has none", "maps one port", "goes with", "depends on", "in 'ports' too",
        "has healthcheck",
    ]

    /// Where the schema says less than the loader, with the reason.
    static func isLenient(_ key: String, _ value: String) -> Bool {
        // YAML 1.1 reads 022 as eighteen before a validator sees it.
        if value == "022" { return true }
        switch key {
        // The first word of the list decides.
        case "probe.test": return value.hasPrefix("[")
        // A plain number may be octal or not; the schema sees only the number.
        case "service.umask": return ["1", "5", "200"].contains(value)
        // Compose's word for "no limit" is -1, and 0 is nothing.
        case "service.pids_limit", "limits.pids": return value == "0"
        // Half a byte.
        case "service.mem_limit", "limits.memory": return value == "0.5"
        // Without a name the list stays a list, and is told as such.
        case "named_socket.name": return value == "~"
        // `published: auto` is "auto:80".
        case "port.published": return value == "auto"
        // To YAML 1.1 `no` is false.
        case "service.restart": return value == "false"
        default: return false
        }
    }

    static let valid = [
        "services: { a: { command: x } }",
        "include: [b.yaml]\nservices: { a: { command: [x, 0755, 1:30, yes, 1.5], environment: [A=1, B] } }",
        """
        include:
          - { path: [b.yaml], project_directory: ., env_file: c.env }
        x-note: { anything: [goes] }
        version: "3"
        name: p
        secrets: { k: { file: key }, e: { environment: HOME }, x-y: { generate: true, x-z: 1 } }
        services:
          base: { command: [a], profiles: [p], x-note: 1 }
          a:
            extends: { service: base, file: manifests/a.yaml }
            entrypoint: a 'b c'
            command: !override [x]
            ports: !reset []
            environment: { A: 1, B: true, C: 1.5, D: ~, E: 0755, F: no }
            secrets: [k, { source: e }]
            restart: no
            working_dir:
        """,
        """
        services:
          a:
            command: ["$$x", "${N}"]
            scale: ${N}
            ports: ["${N:-3000}", 3001:3001, 3002/tcp]
            stop_grace_period: ${T}
            healthcheck: { http: "/${N}", retries: $N, timeout: $T, port: "${N}", expect_status: 204 }
            liveness: { test: [CMD, x], disable: "${B}" }
            startup: { test: [NONE] }
            user: 1000:1000
            umask: "${N}"
            cpus: ${N}
            mem_limit: ${N}m
            pids_limit: -1
            ulimits: { nofile: "${N}", core: { soft: 0, hard: "${N}" } }
            restart: on-failure:${N}
            success_exit_codes: [3, "${N}"]
            deploy: { replicas: "${N}", restart_policy: { max_attempts: $N }, update_config: { parallelism: 1 } }
            sockets: { http: ~, b: { port: "400${N}" } }
            stop_signal: sigrtmin+2
            logs: { retain: 1.5 GB, runs: "${N}" }
        """,
        """
        services:
          a: { build: { command: make, context: ., output: out }, command: [a], env_file: c.env, umask: 022 }
          b: { build: { swift: b, flags: [] }, env_file: [c.env, { path: d.env, required: false }], depends_on: [a] }
          c: { command: c, depends_on: { a: { condition: service_started, required: false, restart: true } } }
          d: { command: d, sockets: [s, { name: t, port: auto }], ports: [auto, { target: 80, protocol: tcp }] }
          e: { command: e, ready_on: { log: "x" }, stop_signal: 9, restart: "no", cpus: 0, user: root, scale: 0 }
          f: { command: f, develop: { watch: [{ path: x, action: restart, ignore: "*.o", include: [a, b] }] } }
        """,
    ]

    static let wrong: [(text: String, path: String)] = [
        ("services: { a: { comand: [x] } }", "services/a"),
        ("servces: {}", ""),
        ("services: [a]", "services"),
        ("services: { a: { image: x } }", "services/a"),
        ("services: { 'a b': { command: [a] } }", "services"),
        ("services: { a: { command: [a], scale: two } }", "services/a/scale"),
        ("services: { a: { command: [a], scale: 1001 } }", "services/a/scale"),
        ("services: { a: { command: [a], stop_grace_period: 30 } }", "services/a/stop_grace_period"),
        ("services: { a: { command: [a], restart: sometimes } }", "services/a/restart"),
        ("services: { a: { command: [a], ports: [70000] } }", "services/a/ports/0"),
        ("services: { a: { command: [a], ports: [53/udp] } }", "services/a/ports/0"),
        ("services: { a: { command: [a], healthcheck: { http: health, port: 1 } } }", "services/a/healthcheck/http"),
        ("services: { a: { command: [a], healthcheck: { test: x, intervall: 5s } } }", "services/a/healthcheck"),
        (
            "services: { a: { command: [a], depends_on: { a: { condition: healthy } } } }",
            "services/a/depends_on/a/condition"
        ),
        (
            "services: { a: { command: [a], deploy: { update_config: { parallelism: 2 } } } }",
            "services/a/deploy/update_config/parallelism"
        ),
        ("services: { a: { command: [a], sockets: { A: { port: 1 } } } }", "services/a/sockets"),
        ("services: { a: { command: [a], ulimits: { nofiles: 1 } } }", "services/a/ulimits"),
        (
            "services: { a: { command: [a], develop: { watch: [{ path: x, action: sync }] } } }",
            "services/a/develop/watch/0/action"
        ),
        ("services: { a: { command: [a], umask: 0999 } }", "services/a/umask"),
        ("include: b.yaml\nservices: { a: { command: [a] } }", "include"),
        ("secrets: { s: { external: true } }\nservices: { a: { command: [a] } }", "secrets/s"),
    ]
}
