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
        case .generated: .mapping([("generate", .boolean(true))])
        case .file(let path): .mapping([("file", .text(path))])
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
            ("healthcheck", healthcheck?.config),
            ("liveness", liveness?.config),
            ("startup", startup?.config),
            ("deploy", .mapping([("replicas", .integer(replicas)), ("restart_policy", restart.config)])),
            ("stop_signal", .text(SignalName.text(stopSignal))),
            ("stop_grace_period", .text(DurationText.text(stopGracePeriod))),
            ("secrets", ConfigValue.texts(secrets).nonEmpty),
            (
                "logs",
                .mapping([("retain", .text(String(logs.retainBytes))), ("runs", .integer(logs.runs))])
            ),
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
