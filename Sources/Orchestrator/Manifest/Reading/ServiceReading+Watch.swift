extension ServiceReading {
    /// `develop.watch`.
    func watch(in reader: MappingReader) -> [WatchRule] {
        guard let node = reader["develop"],
            let inner = MappingReader(
                node, subject: "develop of \(reader.subject)", shape: .develop, findings: context.findings),
            let list = inner["watch"]
        else { return [] }
        guard case .sequence(let items) = list.content else {
            context.findings.report("'watch' in \(inner.subject) must be a list, not \(list.shape)", at: list.place)
            return []
        }
        return items.compactMap { watchRule($0, in: reader) }
    }

    private func watchRule(_ node: ManifestNode, in reader: MappingReader) -> WatchRule? {
        let subject = "a watch rule of \(reader.subject)"
        guard
            let inner = MappingReader(
                node, subject: subject, shape: .watch, findings: context.findings)
        else { return nil }
        for key in ["path", "action"] where !inner.has(key) {
            context.findings.report("\(subject) has no \(key)", at: node.place)
        }
        let word = inner.value("action", Self.watchAction)
        let path = inner.value("path", .nonEmptyText)
        let ignore = patterns("ignore", in: inner)
        let include = patterns("include", in: inner)
        guard let action = word, let path else { return nil }
        if action == .rebuild, !reader.has("build") {
            context.findings.report(
                "\(subject) rebuilds, and the service has no build", at: inner.place(of: "action"),
                hint: "add 'build', or use 'action: restart'")
        }
        var rule = WatchRule(action: action, path: path)
        rule.ignore = ignore
        rule.include = include
        return rule
    }

    /// One pattern, or a list of them.
    private func patterns(_ key: String, in reader: MappingReader) -> [String] {
        if reader[key]?.scalar != nil { return reader.value(key, .nonEmptyText).map { [$0] } ?? [] }
        return reader.values(key, .nonEmptyText)?.map(\.value) ?? []
    }

    static let watchAction = ScalarForm<WatchRule.Action>(
        expected: "rebuild or restart", schema: .words(["rebuild", "restart"]),
        hint: { scalar in
            if ["sync", "sync+restart", "sync+exec"].contains(scalar.text) {
                return "a process runs where its files are, so there is nothing to copy"
            }
            return NearestWord.hint(for: scalar.text, in: ["rebuild", "restart"])
        },
        parse: { WatchRule.Action(rawValue: $0.text) })
}
