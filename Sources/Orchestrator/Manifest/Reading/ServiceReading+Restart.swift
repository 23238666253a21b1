extension ServiceReading {
    func deploy(in reader: MappingReader) -> MappingReader? {
        reader["deploy"].flatMap {
            MappingReader(
                $0, subject: "deploy of \(reader.subject)",
                shape: .deploy, findings: context.findings)
        }
    }

    /// `deploy.replicas` and `scale` say the same; they may both be there when they agree.
    func replicas(in reader: MappingReader, deploy: MappingReader?) -> Int {
        let replicas = deploy?.value("replicas", Self.replicaCount)
        let scale = reader.value("scale", Self.replicaCount)
        if let replicas, let scale, replicas != scale {
            context.findings.report(
                "'scale' in \(reader.subject) is \(scale) and deploy.replicas is \(replicas)",
                at: reader.place(of: "scale"), hint: "keep one of them")
        }
        return replicas ?? scale ?? 1
    }

    func restart(in reader: MappingReader, deploy: MappingReader?) -> RestartPolicy {
        var policy = restartPolicy(in: reader, deploy: deploy)
        let codes = reader.values("success_exit_codes", Self.exitCode) ?? []
        policy.successCodes = Set(codes.map { Int32($0.value) }).subtracting([0])
        return policy
    }

    /// What `restart:` says, with `deploy.restart_policy` over it.
    private func restartPolicy(in reader: MappingReader, deploy: MappingReader?) -> RestartPolicy {
        let short = reader.value("restart", Self.restartForm)
        guard let deploy, let node = deploy["restart_policy"],
            let inner = MappingReader(
                node, subject: "restart_policy of \(reader.subject)",
                shape: .restartPolicy, findings: context.findings)
        else { return short ?? RestartPolicy() }
        // Compose's default for a policy without a condition is `any`.
        var policy = short ?? RestartPolicy(condition: .always)
        if let condition = inner.value("condition", Self.restartCondition) { policy.condition = condition }
        if let delay = inner.value("delay", .duration) { policy.delay = delay }
        if let maxDelay = inner.value("max_delay", .duration) { policy.maxDelay = maxDelay }
        if let attempts = inner.value("max_attempts", Self.attempts) { policy.maxAttempts = attempts }
        if let window = inner.value("window", .positiveDuration) { policy.window = window }
        if policy.maxDelay < policy.delay {
            if inner.has("max_delay") {
                context.findings.report(
                    "max_delay in \(inner.subject) is shorter than delay", at: inner.place(of: "max_delay"))
            } else {
                policy.maxDelay = policy.delay
            }
        }
        return policy
    }

    static let replicaCount = ScalarForm<Int>.integer(0...1000)
    static let exitCode = ScalarForm<Int>.integer(0...255)
    static let attempts = ScalarForm<Int>.integer(1...1_000_000)

    static let restartCondition = ScalarForm<RestartPolicy.Condition>(
        expected: "one of none, on-failure, any", schema: .words(["none", "on-failure", "any"]),
        hint: { NearestWord.hint(for: $0.text, in: ["none", "on-failure", "any"]) },
        parse: { ["none": .never, "on-failure": .onFailure, "any": .always][$0.text] })

    static var restartForm: ScalarForm<RestartPolicy> {
        var schema = ScalarSchema.words(["no", "always", "on-failure", "unless-stopped"])
        schema.pattern = "^on-failure:[1-9][0-9]*$"
        return ScalarForm(
            expected: "one of no, always, on-failure, on-failure:N, unless-stopped", schema: schema,
            hint: { scalar in
                if ["false", "never", "off"].contains(scalar.text.lowercased()) { return "did you mean 'no'?" }
                return NearestWord.hint(for: scalar.text, in: ["no", "always", "on-failure", "unless-stopped"])
            },
            parse: { scalar in
                switch scalar.text {
                case "no": return RestartPolicy(condition: .never)
                case "always", "unless-stopped": return RestartPolicy(condition: .always)
                case "on-failure": return RestartPolicy(condition: .onFailure)
                default:
                    guard scalar.text.hasPrefix("on-failure:"),
                        let attempts = DecimalText.integer(scalar.text.dropFirst("on-failure:".count)), attempts > 0
                    else { return nil }
                    var policy = RestartPolicy(condition: .onFailure)
                    policy.maxAttempts = attempts
                    return policy
                }
            })
    }
}
