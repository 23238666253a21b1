package extension Project {
    /// The resolved project as a Compose-shaped JSON document, ending in a newline; values are as services get them.
    func json() -> String { config.json + "\n" }

    /// The same as YAML, which can be loaded again: every `$` that is no launch variable is doubled, as Compose does.
    func yaml() -> String { config.yaml }
}

extension Project {
    var config: ConfigValue {
        .entries([
            ("name", .text(name)),
            ("services", .mapping(services.map { ($0.name, $0.config) })),
            ("secrets", ConfigValue.mapping(secrets.map { ($0.name, $0.config) }).nonEmpty),
        ])
    }
}

extension Secret {
    /// Where it comes from, never what it is.
    fileprivate var config: ConfigValue {
        switch source {
        case .generated:
            .mapping([("generate", .boolean(true))] + (overlaps ? [("overlap", .boolean(true))] : []))
        case .file(let path): .mapping([("file", .text(path))])
        case .environment(let variable, _): .mapping([("environment", .text(variable))])
        }
    }
}

extension Service {
    fileprivate var config: ConfigValue {
        .entries([
            ("build", build?.config),
            ("command", .list(command.map(ConfigValue.launchText))),
            ("working_dir", .text(workingDirectory)),
            (
                "environment",
                ConfigValue.mapping(
                    environment.sorted { $0.key < $1.key }.map { ($0.key, .launchText($0.value)) }
                ).nonEmpty
            ),
            ("ports", ConfigValue.list(ports.map(\.config)).nonEmpty),
            ("depends_on", ConfigValue.mapping(dependsOn.map { ($0.service, $0.config) }).nonEmpty),
            ("sockets", ConfigValue.mapping(sockets.map { ($0.name, $0.config) }).nonEmpty),
            ("healthcheck", healthcheck?.config),
            ("startup", startup?.config),
            ("liveness", liveness?.config),
            ("deploy", deploy),
            (
                "success_exit_codes",
                ConfigValue.list(restart.successCodes.sorted().map { .integer(Int($0)) }).nonEmpty
            ),
            ("user", user.map(ConfigValue.text)),
            ("group_add", ConfigValue.texts(groups).nonEmpty),
            ("umask", umask.map { .text("0" + String($0, radix: 8)) }),
            ("ulimits", ConfigValue.mapping(limits.ulimits.map { ($0.name, $0.config) }).nonEmpty),
            ("stop_signal", .text(SignalName.text(stopSignal))),
            ("stop_grace_period", .text(DurationText.text(stopGracePeriod))),
            ("secrets", ConfigValue.texts(secrets).nonEmpty),
            (
                "logs",
                .mapping([("retain", .text(String(logs.retainBytes))), ("runs", .integer(logs.runs))])
            ),
            (
                "develop",
                ConfigValue.list(watch.map(\.config)).nonEmpty.map { .mapping([("watch", $0)]) }
            ),
        ])
    }

    private var deploy: ConfigValue {
        .entries([
            ("replicas", .integer(replicas)),
            ("restart_policy", restart.config),
            ("update_config", update.config),
            ("resources", limits.config),
        ])
    }
}

extension Build {
    fileprivate var config: ConfigValue {
        switch recipe {
        case .swift(let product, let configuration, let flags):
            .mapping([
                ("swift", .text(product)), ("context", .text(context)), ("configuration", .text(configuration)),
                ("flags", .texts(flags)), ("output", .text(output)),
            ])
        case .command(let words):
            .mapping([("command", .texts(words)), ("context", .text(context)), ("output", .text(output))])
        }
    }
}

extension PortSpec {
    fileprivate var config: ConfigValue {
        switch self {
        case .fixed(let port): .text(String(port))
        case .auto: .text("auto")
        }
    }
}

extension SocketSpec {
    fileprivate var config: ConfigValue {
        switch address {
        case .unix(let path): .mapping([("path", .launchText(path)), ("backlog", .integer(Int(backlog)))])
        case .port(let port):
            .mapping([("port", port.config), ("host", .text(host)), ("backlog", .integer(Int(backlog)))])
        case .ownPort: .mapping([("host", .text(host)), ("backlog", .integer(Int(backlog)))])
        }
    }
}

extension ResourceLimits {
    /// Below `deploy.resources`; nil when nothing is limited.
    fileprivate var config: ConfigValue? {
        ConfigValue.entries([
            ("memory", memoryBytes.map { .text(String($0)) }),
            ("pids", pids.map(ConfigValue.integer)),
            ("cpus", cpus.map { .text(String($0)) }),
        ]).nonEmpty.map { .mapping([("limits", $0)]) }
    }
}

extension ResourceLimits.Ulimit {
    fileprivate var config: ConfigValue {
        let bound = { (value: UInt64?) in ConfigValue.integer(value.map { Int(clamping: $0) } ?? -1) }
        return soft == hard ? bound(soft) : .mapping([("soft", bound(soft)), ("hard", bound(hard))])
    }
}

extension UpdatePolicy {
    fileprivate var config: ConfigValue {
        .entries([("order", order.map { .text($0.rawValue) }), ("delay", .text(DurationText.text(drain)))])
    }
}

extension WatchRule {
    fileprivate var config: ConfigValue {
        .entries([
            ("path", .text(path)), ("action", .text(action.rawValue)),
            ("ignore", ConfigValue.texts(ignore).nonEmpty), ("include", ConfigValue.texts(include).nonEmpty),
        ])
    }
}

extension Dependency {
    fileprivate var config: ConfigValue {
        .mapping([
            ("condition", .text(condition.rawValue)), ("required", .boolean(required)), ("restart", .boolean(restart)),
        ])
    }
}

extension RestartPolicy {
    fileprivate var config: ConfigValue {
        let word =
            switch condition {
            case .never: "none"
            case .onFailure: "on-failure"
            case .always: "any"
            }
        return .entries([
            ("condition", .text(word)),
            ("delay", .text(DurationText.text(delay))),
            ("max_delay", .text(DurationText.text(maxDelay))),
            ("max_attempts", maxAttempts.map(ConfigValue.integer)),
            ("window", .text(DurationText.text(window))),
        ])
    }
}

extension Probe {
    fileprivate var config: ConfigValue {
        let question: [(String, ConfigValue?)] =
            switch check {
            case .http(let path, let headers, let statuses, let body):
                [
                    ("http", .text(path)), ("headers", ConfigValue.texts(headers).nonEmpty),
                    ("expect_status", .text("\(statuses.lowerBound)-\(statuses.upperBound)")),
                    ("expect_body", body.map(ConfigValue.text)),
                ]
            case .tcp: [("tcp", .boolean(true))]
            case .exec(let words): [("test", .texts([words.count == 1 ? "CMD-SHELL" : "CMD"] + words))]
            case .log(let pattern): [("log", .text(pattern))]
            }
        return .entries(
            question + [
                ("port", port.map { .integer(Int($0)) }),
                ("interval", .text(DurationText.text(interval))),
                ("timeout", .text(DurationText.text(timeout))),
                ("retries", .integer(retries)),
                ("start_period", .text(DurationText.text(startPeriod))),
                ("start_interval", .text(DurationText.text(startInterval))),
                ("success_threshold", .integer(successThreshold)),
            ])
    }
}
