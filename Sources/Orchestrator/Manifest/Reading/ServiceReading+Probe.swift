extension ServiceReading {
    private static let probeKeys = [
        "test", "disable", "http", "tcp", "port", "headers", "expect_status", "interval", "timeout", "retries",
        "start_period", "start_interval", "success_threshold",
    ]

    /// nil when there is no probe or it is disabled.
    func probe(_ key: String, in reader: MappingReader, of draft: inout ServiceDraft) -> Probe? {
        let subject = "\(key) of \(reader.subject)"
        guard let node = reader[key],
            let inner = MappingReader(node, subject: subject, keys: Self.probeKeys, findings: context.findings)
        else { return nil }
        // Everything is read even if it is disabled: a typo is a typo.
        let disabled = inner.value("disable", .boolean) ?? false
        let check = check(in: inner, isDisabled: disabled)
        let port = port(in: inner)
        let timing = timing(in: inner)
        guard !disabled, var probe = check.map(Probe.init(check:)) else { return nil }
        probe.port = port
        timing(&probe)
        if case .exec = probe.check {
            if inner.has("port") {
                context.findings.report(
                    "'port' in \(subject) goes with http or tcp, not with test", at: inner.place(of: "port"))
            }
        } else if !inner.has("port") {
            draft.portlessProbes.append(Placed(value: key, place: inner.place(of: inner.has("http") ? "http" : "tcp")))
        }
        return probe
    }

    private func port(in reader: MappingReader) -> UInt16? {
        reader.value("port", .integer(1...65535)).map { UInt16($0) }
    }

    private func check(in reader: MappingReader, isDisabled: Bool) -> Probe.Check? {
        let tcp = reader.value("tcp", .boolean)
        let questions = ["test", "http", "tcp"].filter { $0 == "tcp" ? tcp == true : reader.has($0) }
        if questions.count > 1 {
            context.findings.report(
                "\(reader.subject) has \(questions.joined(separator: " and "))", at: reader.place,
                hint: "keep one of them")
        } else if questions.isEmpty, !isDisabled, !(reader.has("tcp") && tcp == nil) {
            context.findings.report(
                "\(reader.subject) asks nothing", at: reader.place,
                hint: "add 'http: PATH', 'tcp: true' or 'test: [CMD, ...]'")
        }
        for key in ["headers", "expect_status"] where reader.has(key) && !reader.has("http") {
            context.findings.report("'\(key)' in \(reader.subject) goes with http", at: reader.place(of: key))
        }
        switch questions.first {
        case "http": return httpCheck(in: reader)
        case "test": return reader["test"].flatMap { test($0, in: reader) }
        case "tcp": return .tcp
        default: return nil
        }
    }

    private func httpCheck(in reader: MappingReader) -> Probe.Check? {
        let path = ScalarForm<String>(
            expected: "a path that begins with '/'",
            hint: { $0.text.contains("://") ? "write the path alone, and the port as 'port'" : nil },
            parse: { $0.text.hasPrefix("/") && !$0.text.contains { $0.isWhitespace || $0 == "\0" } ? $0.text : nil })
        let statuses = ScalarForm<ClosedRange<Int>>(expected: "a status such as 200, or a range such as 200-399") {
            scalar in
            let ends = scalar.text.split(separator: "-", omittingEmptySubsequences: false)
                .map { DecimalText.integer($0).flatMap { (100...599).contains($0) ? $0 : nil } }
            guard ends.count <= 2, let low = ends[0], let high = ends[ends.count - 1], low <= high else { return nil }
            return low...high
        }
        let headers = reader.texts("headers") ?? [:]
        for (name, value) in headers where !isHeader(name, value) {
            context.findings.report(
                "'\(name)' in headers of \(reader.subject) is no HTTP header", at: reader.place(of: "headers"))
        }
        let expected = reader.value("expect_status", statuses) ?? 200...399
        return reader.value("http", path).map { .http(path: $0, headers: headers, expectedStatuses: expected) }
    }

    /// RFC 9110: a token, and a value on one line.
    private func isHeader(_ name: String, _ value: String) -> Bool {
        let token = name.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789!#$%&'*+-.^_`|~".unicodeScalars.contains($0))
        }
        return token && !name.isEmpty && !value.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" }
    }

    /// Compose's four forms; nil also for `[NONE]`, which is no problem.
    private func test(_ node: ManifestNode, in reader: MappingReader) -> Probe.Check? {
        guard case .sequence = node.content else {
            return reader.value(of: node, named: "'test'", .nonEmptyText).map { .exec([$0]) }
        }
        guard let words = reader.words("test") else { return nil }
        switch (words.first, words.count) {
        case ("NONE", 1): return nil
        case ("CMD-SHELL", 2): return .exec([words[1]])
        case ("CMD", 2...): return .exec(Array(words.dropFirst()))
        default:
            context.findings.report(
                "'test' in \(reader.subject) must be a line, [CMD, PROGRAM, ...], [CMD-SHELL, LINE] or [NONE]",
                at: node.place)
            return nil
        }
    }

    /// Reads all times and counts at once and gives what sets them.
    private func timing(in reader: MappingReader) -> (inout Probe) -> Void {
        let interval = reader.value("interval", .positiveDuration)
        let timeout = reader.value("timeout", .positiveDuration)
        let startPeriod = reader.value("start_period", .duration)
        let startInterval = reader.value("start_interval", .positiveDuration)
        let retries = reader.value("retries", .integer(1...10_000))
        let successThreshold = reader.value("success_threshold", .integer(1...10_000))
        return { probe in
            if let interval { probe.interval = interval }
            if let timeout { probe.timeout = timeout }
            if let startPeriod { probe.startPeriod = startPeriod }
            if let startInterval { probe.startInterval = startInterval }
            if let retries { probe.retries = retries }
            if let successThreshold { probe.successThreshold = successThreshold }
        }
    }
}
