extension MappingShape {
    static let service: MappingShape = MappingShape(
        "service", refused: RefusedWord.service, making + running + supervising + limiting)

    private static let making: [Key] = [
        Key(
            "extends", .either([.nonEmptyText, .mapping(.extends)]),
            "A service whose words this one has too, unless it says otherwise."),
        Key("build", .mapping(.build), "How the program is made."),
        Key("command", .commandLine, "Program and arguments; looked up in the build's output, then on PATH."),
        Key("entrypoint", .commandLine, "Stands before command."),
        Key("profiles", .list(of: .scalar(EntityName.form)), "Runs only when one of these profiles is active."),
        Key("develop", .mapping(.develop), "What to do when files change."),
    ]

    private static let running: [Key] = [
        Key("working_dir", .nonEmptyText, "The directory it runs in; the project's by default."),
        Key(
            "environment", .either([.names(of: .text, allowsNothing: true), .list(of: .text)]),
            "Its variables. ${MSCTL_DATA_DIR}, ${PORT} and the like get their values at launch."),
        Key(
            "env_file", .either([.nonEmptyText, .list(of: .either([.nonEmptyText, .mapping(.envFile)]))]),
            "Files of NAME=value lines; environment wins over them."),
        Key(
            "ports", .list(of: .either([.scalar(PortText.form), .mapping(.port)])),
            "The ports it listens on, or auto for a free one; the first is in PORT."),
        Key(
            "sockets",
            .either([
                .names(of: .mapping(.socket), pattern: SocketName.pattern, allowsNothing: true),
                .list(of: .either([.scalar(SocketName.form), .mapping(.namedSocket)])),
            ]),
            "Listening sockets that msctl keeps open across runs and passes on (LISTEN_FDS), by name."),
        Key(
            "secrets", .list(of: .either([.nonEmptyText, .mapping(.secretUse)])),
            "The secrets it gets; each one's file is in NAME_FILE."),
        Key("user", ServiceReading.user, "Who runs it: USER, USER:GROUP, UID or UID:GID."),
        Key("group_add", .list(of: .scalar(ServiceReading.group)), "Further groups, by name or number."),
        Key("umask", ServiceReading.umask, "The file mode mask, octal; 077 by default."),
    ]

    private static let supervising: [Key] = [
        Key(
            "depends_on", .either([.names(of: .mapping(.dependency)), .list(of: .text)]),
            "The services that must be there before it starts."),
        Key("healthcheck", .mapping(.probe), "Whether it is ready to be used."),
        Key("startup", .mapping(.probe), "Whether it has come up; the other probes begin then."),
        Key("liveness", .mapping(.probe), "Whether it must be restarted."),
        Key("ready_on", .mapping(.readyOn), "Ready from a line of its log, without a healthcheck."),
        Key("restart", ServiceReading.restartForm, "Whether it is started again when it ends; no by default."),
        Key(
            "success_exit_codes", .list(of: .scalar(ServiceReading.exitCode)),
            "Exit codes that are a success beside 0."),
        Key("stop_signal", SignalName.form, "The signal that asks it to stop; SIGTERM by default."),
        Key(
            "stop_grace_period", ScalarForm.duration,
            "How long it may take to stop before it is killed; 10s by default."),
        Key("scale", ServiceReading.replicaCount, "The number of instances; 1 by default."),
        Key("deploy", .mapping(.deploy), "Replicas, restarts, updates and limits."),
        Key("logs", .mapping(.logs), "How much of its logs is kept."),
    ]

    private static let limiting: [Key] = [
        Key("ulimits", .mapping(.ulimits), "What each process may use: setrlimit(2)."),
        Key("mem_limit", ScalarForm.positiveByteSize, "Memory of all its processes together, such as 512m."),
        Key("pids_limit", ServiceReading.processCount, "Processes and threads together; -1 for no limit."),
        Key("cpus", ServiceReading.cores, "Cores of all its processes together, such as 0.5; 0 for no limit."),
    ]

    static let build: MappingShape = MappingShape(
        "build", refused: RefusedWord.build,
        [
            Key("swift", .nonEmptyText, "A product of the SwiftPM package at context."),
            Key("command", .commandLine, "Any other command that builds it, run in context."),
            Key("context", .nonEmptyText, "The directory it is built in; the project's by default."),
            Key("output", .nonEmptyText, "Where the programs are afterwards, relative to context."),
            Key("configuration", ServiceReading.configuration, "release by default."),
            Key("flags", .list(of: .nonEmptyText), "For swift build; --static-swift-stdlib by default."),
        ])

    static let envFile: MappingShape = MappingShape(
        "env_file", refused: RefusedWord.envFile,
        [
            Key("path", .nonEmptyText, "The file."),
            Key("required", ScalarForm.boolean, "false: it may be missing."),
        ])

    static let port: MappingShape = MappingShape(
        "port", refused: RefusedWord.port,
        [
            Key("target", PortText.part, "The port it listens on."),
            Key("published", PortText.part, "The same: a process has no port mapping."),
            Key("protocol", PortText.transport, "tcp."),
        ])

    static let secretUse: MappingShape = MappingShape(
        "secret_use", refused: RefusedWord.secretUse, [Key("source", .nonEmptyText, "The secret's name.")])

    static let dependency: MappingShape = MappingShape(
        "dependency",
        [
            Key("condition", ServiceReading.dependencyCondition, "What must be true of it."),
            Key("required", ScalarForm.boolean, "false: start also when it is absent or has failed."),
            Key("restart", ScalarForm.boolean, "true: restart when it is restarted by hand or replaced."),
        ])

    static let logs: MappingShape = MappingShape(
        "logs",
        [
            Key("retain", ScalarForm.byteSize, "Bytes kept for each instance; 200MB by default."),
            Key("runs", ServiceReading.runCount, "Runs kept for each instance; 20 by default."),
        ])

    private static let socketKeys: [Key] = [
        Key("port", ServiceReading.socketPort, "A port of its own, or auto; the service's first port by default."),
        Key("path", ServiceReading.socketPath, "A Unix socket at this path; ${MSCTL_DATA_DIR} may stand first."),
        Key("host", ServiceReading.host, "The IPv4 address bound; 127.0.0.1 by default."),
        Key("backlog", ServiceReading.backlog, "Connections that wait at most; 4096 by default."),
    ]

    static let socket: MappingShape = MappingShape("socket", socketKeys)

    /// In the list form.
    static let namedSocket: MappingShape = MappingShape(
        "named_socket", [Key("name", SocketName.form, "What the service knows it by.")] + socketKeys)

    static let develop: MappingShape = MappingShape(
        "develop", [Key("watch", .list(of: .mapping(.watch)), "Files to watch, and what to do when they change.")])

    static let watch: MappingShape = MappingShape(
        "watch", refused: RefusedWord.watch,
        [
            Key("path", .nonEmptyText, "A file, or a directory with everything below it."),
            Key("action", ServiceReading.watchAction, "rebuild and replace, or restart as it is."),
            Key("ignore", .texts, "Patterns that do not count, as in .dockerignore."),
            Key("include", .texts, "When there are any, only these patterns count."),
        ])
}
