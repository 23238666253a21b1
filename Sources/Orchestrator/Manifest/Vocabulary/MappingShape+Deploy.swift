extension MappingShape {
    static let deploy: MappingShape = MappingShape(
        "deploy", refused: RefusedWord.deploy,
        [
            Key("replicas", ServiceReading.replicaCount, "The number of instances; 1 by default."),
            Key("resources", .mapping(.resources), "What all its processes together may use."),
            Key("restart_policy", .mapping(.restartPolicy), "When and how fast it is started again."),
            Key("update_config", .mapping(.updateConfig), "How changed instances are replaced."),
        ])

    static let restartPolicy: MappingShape = MappingShape(
        "restart_policy",
        [
            Key("condition", ServiceReading.restartCondition, "any by default."),
            Key("delay", ScalarForm.duration, "Before the second restart; doubles each time. 100ms by default."),
            Key("max_delay", ScalarForm.duration, "What delay grows to; 30s by default."),
            Key("max_attempts", ServiceReading.attempts, "Restarts within window before it counts as crash-looping."),
            Key("window", ScalarForm.positiveDuration, "1m by default."),
        ])

    static let updateConfig: MappingShape = MappingShape(
        "update_config", refused: RefusedWord.updateConfig,
        [
            Key(
                "order", ServiceReading.updateOrder,
                "start-first with replicas or sockets, else stop-first, by default."),
            Key("delay", ScalarForm.duration, "For clients to hear that an instance leaves; 250ms by default."),
            Key("parallelism", ServiceReading.parallelism, "1: instances are replaced one at a time."),
            Key("failure_action", ServiceReading.failureAction, "pause: what fails ends the update."),
        ])

    static let resources: MappingShape = MappingShape(
        "resources", refused: RefusedWord.resources, [Key("limits", .mapping(.limits), "The most they may use.")])

    static let limits: MappingShape = MappingShape(
        "limits",
        [
            Key("memory", ScalarForm.positiveByteSize, "Memory of all its processes together, such as 512m."),
            Key("pids", ServiceReading.processCount, "Processes and threads together; -1 for no limit."),
            Key("cpus", ServiceReading.cores, "Cores of all its processes together, such as 0.5; 0 for no limit."),
        ])

    /// Compose's names of the limits of setrlimit(2).
    static let ulimits: MappingShape = MappingShape(
        "ulimits",
        [
            Key("as", ulimit, "Address space, bytes."), Key("core", ulimit, "Size of a core file, bytes."),
            Key("cpu", ulimit, "Processor time, seconds."), Key("data", ulimit, "Data segment, bytes."),
            Key("fsize", ulimit, "Size of a file written, bytes."),
            Key("memlock", ulimit, "Memory locked, bytes."), Key("msgqueue", ulimit, "Message queues, bytes."),
            Key("nice", ulimit, "20 minus the least nice value."), Key("nofile", ulimit, "Open files."),
            Key("nproc", ulimit, "Processes of the user."), Key("rss", ulimit, "Means nothing to Linux."),
            Key("rtprio", ulimit, "Real-time priority."), Key("sigpending", ulimit, "Signals queued."),
            Key("stack", ulimit, "Stack, bytes."),
        ])

    private static let ulimit: ValueShape = ValueShape.either([.scalar(ServiceReading.ulimit), .mapping(.softAndHard)])

    static let softAndHard: MappingShape = MappingShape(
        "ulimit",
        [
            Key("soft", ServiceReading.ulimit, "What counts; the process may raise it to hard."),
            Key("hard", ServiceReading.ulimit, "What it may be raised to."),
        ])
}
