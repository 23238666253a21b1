/// What a service's processes may use.
extension ServiceReading {
    func limits(in reader: MappingReader, deploy: MappingReader?) -> ResourceLimits {
        var limits = ResourceLimits()
        limits.ulimits = ulimits(in: reader)
        let deployed = deployedLimits(in: deploy)
        limits.memoryBytes = agreed("mem_limit", in: reader, "memory", in: deployed, .positiveByteSize)
        // Compose's words for "no limit": -1 processes, 0 cores.
        let pids = agreed("pids_limit", in: reader, "pids", in: deployed, Self.processCount)
        limits.pids = pids == -1 ? nil : pids
        let cpus = agreed("cpus", in: reader, "cpus", in: deployed, Self.cores)
        limits.cpus = cpus == 0 ? nil : cpus
        return limits
    }

    private func deployedLimits(in deploy: MappingReader?) -> MappingReader? {
        guard let deploy, let node = deploy["resources"],
            let resources = MappingReader(
                node, subject: "resources of \(deploy.subject)", shape: .resources, findings: context.findings)
        else { return nil }
        return resources["limits"].flatMap {
            MappingReader(
                $0, subject: "limits of \(resources.subject)", shape: .limits, findings: context.findings)
        }
    }

    /// The value of two keys that mean the same; both may be there when they agree.
    private func agreed<Value: Equatable>(
        _ key: String, in reader: MappingReader, _ other: String, in deployed: MappingReader?, _ form: ScalarForm<Value>
    ) -> Value? {
        let value = reader.value(key, form)
        let otherValue = deployed?.value(other, form)
        if let deployed, let value, let otherValue, value != otherValue {
            context.findings.report(
                "'\(key)' and deploy.resources.limits.\(other) of \(reader.subject) differ", at: reader.place(of: key),
                hint: "keep one of them; the other is at \(deployed.place(of: other))")
        }
        return value ?? otherValue
    }

    static let processCount = ScalarForm<Int>(
        expected: "a whole number above zero, or -1 for no limit",
        schema: ScalarSchema(.integer, .string, pattern: "^(-1|[1-9][0-9]*)$", minimum: -1)
    ) {
        $0.text == "-1" ? -1 : DecimalText.integer($0.text).flatMap { $0 > 0 ? $0 : nil }
    }

    static let cores = ScalarForm<Double>(
        expected: "a number of cores such as 0.5, or 0 for no limit",
        schema: ScalarSchema(
            .number, .string, pattern: "^([0-9]{1,5}(\\.[0-9]{0,9})?)$", minimum: 0, maximum: 99_999)
    ) { scalar in
        let parts = scalar.text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.count <= 5,
            DecimalText.scaled(whole: whole, fraction: parts.count > 1 ? parts[1] : "", unit: 1) != nil
        else { return nil }
        return Double(scalar.text)
    }

    /// Sorted by name, so that their order in the manifest is no change.
    private func ulimits(in reader: MappingReader) -> [ResourceLimits.Ulimit] {
        guard let node = reader["ulimits"],
            let inner = MappingReader(
                node, subject: "ulimits of \(reader.subject)", shape: .ulimits, findings: context.findings)
        else { return [] }
        return MappingShape.ulimits.words.sorted().compactMap { name in
            inner[name].flatMap { ulimit(name, $0, in: inner) }
        }
    }

    private func ulimit(_ name: String, _ node: ManifestNode, in reader: MappingReader) -> ResourceLimits.Ulimit? {
        guard node.entries != nil else {
            guard let both = reader.value(name, Self.ulimit) else { return nil }
            return ResourceLimits.Ulimit(name: name, soft: both.value, hard: both.value)
        }
        let subject = "\(name) in \(reader.subject)"
        guard
            let inner = MappingReader(node, subject: subject, shape: .softAndHard, findings: context.findings)
        else { return nil }
        for key in ["soft", "hard"] where !inner.has(key) {
            context.findings.report("\(subject) has no \(key)", at: node.place, hint: "write one number for both")
        }
        guard let soft = inner.value("soft", Self.ulimit), let hard = inner.value("hard", Self.ulimit) else {
            return nil
        }
        if (soft.value ?? .max) > (hard.value ?? .max) {
            context.findings.report("the soft limit of \(subject) is above the hard one", at: inner.place(of: "soft"))
        }
        return ResourceLimits.Ulimit(name: name, soft: soft.value, hard: hard.value)
    }

    /// nil inside stands for "unlimited".
    struct Bound {
        var value: UInt64?
    }

    static let ulimit = ScalarForm<Bound>(
        expected: "a whole number, or -1 for no limit",
        schema: ScalarSchema(.integer, .string, pattern: "^(-1|0|[1-9][0-9]*)$", minimum: -1),
        hint: { ["unlimited", "infinity"].contains($0.text.lowercased()) ? "write -1" : nil },
        parse: { scalar in
            scalar.text == "-1" ? Bound(value: nil) : DecimalText.integer(scalar.text).map { Bound(value: UInt64($0)) }
        })
}
