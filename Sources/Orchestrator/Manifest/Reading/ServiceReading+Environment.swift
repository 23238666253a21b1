import SystemPackage

extension ServiceReading {
    /// Env files first, in order, then `environment`.
    func environment(in reader: MappingReader) -> [String: String] {
        var values: [String: String] = [:]
        for file in envFiles(in: reader) { values.merge(file) { $1 } }
        guard let node = reader["environment"] else { return values }
        guard let entries = node.entries else {
            context.findings.report(
                "'environment' in \(reader.subject) must be a mapping or a list of NAME=value, not \(node.shape)",
                at: node.place)
            return values
        }
        for entry in entries {
            guard !entry.key.isEmpty, !entry.key.contains("="), !entry.key.contains("\0") else {
                context.findings.report(
                    "'\(entry.key)' in \(reader.subject) is no name for a variable", at: entry.place)
                continue
            }
            if entry.value.isNull {
                // As in Compose: a name alone is taken from the environment, and is not there when it is not there.
                values[entry.key] = context.variables[entry.key]
            } else if let text = reader.value(of: entry.value, named: "the variable '\(entry.key)'", .text) {
                values[entry.key] = text
            }
        }
        return values
    }

    private func envFiles(in reader: MappingReader) -> [[String: String]] {
        guard let node = reader["env_file"] else { return [] }
        guard case .sequence(let items) = node.content else {
            context.findings.report(
                "'env_file' in \(reader.subject) must be a path or a list, not \(node.shape)", at: node.place)
            return []
        }
        return items.compactMap { item in
            guard item.entries != nil else {
                return reader.value(of: item, named: "an entry of 'env_file'", .nonEmptyText).flatMap {
                    envFile($0, at: item.place, required: true)
                }
            }
            guard
                let inner = MappingReader(
                    item, subject: "env_file of \(reader.subject)", shape: .envFile, findings: context.findings)
            else { return nil }
            let required = inner.value("required", .boolean) ?? true
            guard inner.has("path") else {
                context.findings.report("env_file of \(reader.subject) has no path", at: item.place)
                return nil
            }
            return inner.value("path", .nonEmptyText).flatMap {
                envFile($0, at: inner["path"]?.place ?? item.place, required: required)
            }
        }
    }

    private func envFile(_ text: String, at place: Place, required: Bool) -> [String: String]? {
        do {
            let reader = EnvFile(
                file: context.shown(text), variables: context.variables, findings: context.findings,
                keepsLaunchVariables: true)
            return reader.read(try context.load.record.read(FilePath(text)))
        } catch {
            if error != .missing || required {
                context.findings.report("the env file '\(context.shown(text))' \(error.reason)", at: place)
            }
            return nil
        }
    }
}
