/// Ports, dependencies and secrets: what a service has to do with others.
extension ServiceReading {
    func ports(in reader: MappingReader) -> [Placed<PortSpec>] {
        guard let node = reader["ports"] else { return [] }
        guard case .sequence(let items) = node.content else {
            context.findings.report("'ports' in \(reader.subject) must be a list, not \(node.shape)", at: node.place)
            return []
        }
        var ports: [Placed<PortSpec>] = []
        for item in items {
            guard let port = port(item, in: reader) else { continue }
            // A fixed port that two files list is one port.
            if port != .auto, ports.contains(where: { $0.value == port }) { continue }
            ports.append(Placed(value: port, place: item.place))
        }
        return ports
    }

    private func port(_ node: ManifestNode, in reader: MappingReader) -> PortSpec? {
        guard let text = node.scalar?.text ?? longPort(node, in: reader) else { return nil }
        do {
            return try PortText.parse(text)
        } catch {
            context.findings.report(
                "port '\(text)' in \(reader.subject) \(error.reason)", at: node.place, hint: error.hint)
            return nil
        }
    }

    /// `{target: 3003, published: 3003}` as `3003:3003`.
    private func longPort(_ node: ManifestNode, in reader: MappingReader) -> String? {
        guard
            let inner = MappingReader(
                node, subject: "a port of \(reader.subject)", shape: .port, findings: context.findings)
        else { return nil }
        guard inner.has("target") || node.entries?.isEmpty == true else {
            context.findings.report("a port of \(reader.subject) has no target", at: node.place)
            return nil
        }
        let ends = [inner.value("published", PortText.part), inner.value("target", PortText.part)]
        let suffix = inner.value("protocol", PortText.transport).map { "/\($0)" } ?? ""
        return ends.compactMap(\.self).joined(separator: ":") + suffix
    }

    func dependencies(in reader: MappingReader) -> [Placed<Dependency>] {
        guard let node = reader["depends_on"] else { return [] }
        guard let entries = node.entries else {
            context.findings.report(
                "'depends_on' in \(reader.subject) must be a list of services or a mapping, not \(node.shape)",
                at: node.place)
            return []
        }
        return entries.compactMap { entry in
            let subject = "depends_on '\(entry.key)' of \(reader.subject)"
            guard
                let inner = MappingReader(
                    entry.value, subject: subject, shape: .dependency, findings: context.findings)
            else { return nil }
            let condition = inner.value("condition", Self.dependencyCondition)
            if !inner.has("condition") {
                context.findings.report(
                    "\(subject) has no condition", at: entry.place, hint: Self.dependencyCondition.expected)
            }
            let dependency = Dependency(
                service: entry.key, condition: condition ?? .started,
                required: inner.value("required", .boolean) ?? true, restart: inner.value("restart", .boolean) ?? false)
            return Placed(value: dependency, place: entry.place)
        }
    }

    func secrets(in reader: MappingReader) -> [Placed<String>] {
        guard let node = reader["secrets"] else { return [] }
        guard case .sequence(let items) = node.content else {
            context.findings.report("'secrets' in \(reader.subject) must be a list, not \(node.shape)", at: node.place)
            return []
        }
        var secrets: [Placed<String>] = []
        for item in items {
            guard let name = secretName(item, in: reader) else { continue }
            if !secrets.contains(where: { $0.value == name }) { secrets.append(Placed(value: name, place: item.place)) }
        }
        return secrets
    }

    private func secretName(_ node: ManifestNode, in reader: MappingReader) -> String? {
        guard node.entries != nil else {
            return reader.value(of: node, named: "an entry of 'secrets'", .nonEmptyText)
        }
        guard
            let inner = MappingReader(
                node, subject: "secrets of \(reader.subject)", shape: .secretUse, findings: context.findings)
        else { return nil }
        guard inner.has("source") else {
            context.findings.report("secrets of \(reader.subject) has an entry without source", at: node.place)
            return nil
        }
        return inner.value("source", .nonEmptyText)
    }

    static let dependencyCondition = ScalarForm<Dependency.Condition>.word(.started, .healthy, .completedSuccessfully)
}
