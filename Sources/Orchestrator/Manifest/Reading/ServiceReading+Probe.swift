extension ServiceReading {
    /// `healthcheck`, `startup`, `liveness`, and `ready_on`, which is the first of them or, beside it, the second.
    func readProbes(in reader: MappingReader, of draft: inout ServiceDraft) {
        draft.service.healthcheck = probe("healthcheck", in: reader, of: &draft)
        draft.service.startup = probe("startup", in: reader, of: &draft)
        draft.service.liveness = probe("liveness", in: reader, of: &draft)
        guard let pattern = readyOnLog(in: reader) else { return }
        var ready = Probe(check: .log(pattern))
        ready.interval = .seconds(1)
        if draft.service.healthcheck == nil {
            draft.service.healthcheck = ready
        } else if draft.service.startup == nil {
            draft.service.startup = ready
        } else {
            context.findings.report(
                "\(reader.subject) has healthcheck, startup and ready_on, and ready_on beside a healthcheck is a startup",
                at: reader.place(of: "ready_on"), hint: "keep startup or ready_on")
        }
    }

    /// nil when there is no probe or it is disabled.
    private func probe(_ key: String, in reader: MappingReader, of draft: inout ServiceDraft) -> Probe? {
        let subject = "\(key) of \(reader.subject)"
        guard let node = reader[key],
            let inner = MappingReader(node, subject: subject, shape: .probe, findings: context.findings)
        else { return nil }
        // Everything is read even if it is disabled: a typo is a typo.
        let disabled = inner.value("disable", .boolean) ?? false
        let check = check(in: inner, isDisabled: disabled)
        let port = port(in: inner)
        let timing = timing(in: inner)
        guard !disabled, var probe = check.map(Probe.init(check:)) else { return nil }
        probe.port = port
        timing(&probe)
        switch probe.check {
        case .exec, .log:
            if inner.has("port") {
                let question = inner.has("test") ? "test" : "log"
                context.findings.report(
                    "'port' in \(subject) goes with http or tcp, not with \(question)", at: inner.place(of: "port"))
            }
        case .http where !inner.has("port"):
            draft.portlessProbes.append(Placed(value: key, place: inner.place(of: "http")))
        case .tcp where !inner.has("port"):
            draft.portlessProbes.append(Placed(value: key, place: inner.place(of: "tcp")))
        case .http, .tcp: break
        }
        return probe
    }

    private func readyOnLog(in reader: MappingReader) -> String? {
        guard let node = reader["ready_on"] else { return nil }
        let subject = "ready_on of \(reader.subject)"
        guard let inner = MappingReader(node, subject: subject, shape: .readyOn, findings: context.findings) else {
            return nil
        }
        guard inner.has("log") else {
            context.findings.report("\(subject) has no log", at: node.place, hint: "add 'log: REGEX'")
            return nil
        }
        return inner.value("log", .regularExpression)
    }

    private func port(in reader: MappingReader) -> UInt16? {
        reader.value("port", Self.probePort).map { UInt16($0) }
    }

    private func check(in reader: MappingReader, isDisabled: Bool) -> Probe.Check? {
        let tcp = reader.value("tcp", .boolean)
        let questions = ["test", "http", "tcp", "log"].filter { $0 == "tcp" ? tcp == true : reader.has($0) }
        if questions.count > 1 {
            context.findings.report(
                "\(reader.subject) has \(questions.joined(separator: " and "))", at: reader.place,
                hint: "keep one of them")
        } else if questions.isEmpty, !isDisabled, !(reader.has("tcp") && tcp == nil) {
            context.findings.report(
                "\(reader.subject) asks nothing", at: reader.place,
                hint: "add 'http: PATH', 'tcp: true', 'log: REGEX' or 'test: [CMD, ...]'")
        }
        for key in ["headers", "expect_status", "expect_body"] where reader.has(key) && !reader.has("http") {
            context.findings.report("'\(key)' in \(reader.subject) goes with http", at: reader.place(of: key))
        }
        switch questions.first {
        case "http": return httpCheck(in: reader)
        case "test": return reader["test"].flatMap { test($0, in: reader) }
        case "tcp": return .tcp
        case "log": return reader.value("log", .regularExpression).map(Probe.Check.log)
        default: return nil
        }
    }

    private func httpCheck(in reader: MappingReader) -> Probe.Check? {
        let headers = reader.texts("headers") ?? [:]
        for (name, value) in headers where !isHeader(name, value) {
            context.findings.report(
                "'\(name)' in headers of \(reader.subject) is no HTTP header", at: reader.place(of: "headers"))
        }
        let expected = reader.value("expect_status", Self.statuses) ?? 200...399
        let body = reader.value("expect_body", .regularExpression)
        return reader.value("http", Self.httpPath).map {
            .http(path: $0, headers: headers, expectedStatuses: expected, expectedBody: body)
        }
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
        let retries = reader.value("retries", Self.probeCount)
        let successThreshold = reader.value("success_threshold", Self.probeCount)
        return { probe in
            if let interval { probe.interval = interval }
            if let timeout { probe.timeout = timeout }
            if let startPeriod { probe.startPeriod = startPeriod }
            if let startInterval { probe.startInterval = startInterval }
            if let retries { probe.retries = retries }
            if let successThreshold { probe.successThreshold = successThreshold }
        }
    }

    static let probePort = ScalarForm<Int>.integer(1...65535)
    static let probeCount = ScalarForm<Int>.integer(1...10_000)

    static let httpPath = ScalarForm<String>(
        expected: "a path that begins with '/'", schema: ScalarSchema(.string, pattern: "^/\\S*$"),
        hint: { $0.text.contains("://") ? "write the path alone, and the port as 'port'" : nil },
        parse: { $0.text.hasPrefix("/") && !$0.text.contains { $0.isWhitespace || $0 == "\0" } ? $0.text : nil })

    static let statuses = ScalarForm<ClosedRange<Int>>(
        expected: "a status such as 200, or a range such as 200-399",
        schema: ScalarSchema(
            .string, .integer, pattern: "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$", minimum: 100, maximum: 599)
    ) { scalar in
        let ends = scalar.text.split(separator: "-", omittingEmptySubsequences: false)
            .map { DecimalText.integer($0).flatMap { (100...599).contains($0) ? $0 : nil } }
        guard ends.count <= 2, let low = ends[0], let high = ends[ends.count - 1], low <= high else { return nil }
        return low...high
    }
}
