import SystemPackage

/// Reads the merged tree into typed values and reports every key and type that is wrong.
struct ProjectReading {
    let context: ReadingContext

    func read(_ root: ManifestNode) -> ProjectDraft {
        var draft = ProjectDraft()
        guard
            let reader = MappingReader(
                root, subject: "the manifest", shape: .project, findings: context.findings
            )
        else { return draft }
        if reader.value("version", .text) != nil {
            context.findings.warn(
                "'version' is obsolete and means nothing", at: reader.place(of: "version"), hint: "leave it out")
        }
        draft.name = name(in: reader)
        draft.secrets = named("secrets", in: reader).compactMap { secret($0) }
        let services = ServiceReading(context: context)
        draft.services = named("services", in: reader).compactMap { services.read($0) }
        return draft
    }

    private func name(in reader: MappingReader) -> String? {
        reader.value("name", ProjectName.form)
    }

    /// The entries of a mapping whose keys are names of ours.
    private func named(_ key: String, in reader: MappingReader) -> [ManifestNode.Entry] {
        guard let node = reader[key] else { return [] }
        guard let entries = node.entries else {
            context.findings.report("'\(key)' must be a mapping, not \(node.shape)", at: node.place)
            return []
        }
        return entries.filter { entry in
            let kind = key.dropLast()
            guard !EntityName.isValid(entry.key) else { return true }
            context.findings.report(
                "'\(entry.key)' is no name for a \(kind)", at: entry.place, hint: "names match \(EntityName.grammar)")
            return false
        }
    }

    private func secret(_ entry: ManifestNode.Entry) -> Placed<Secret>? {
        let subject = "secret '\(entry.key)'"
        guard
            let reader = MappingReader(
                entry.value, subject: subject, shape: .secret, findings: context.findings)
        else { return nil }
        let generate = reader.value("generate", .boolean)
        let sources = ["file", "generate", "environment"].filter {
            $0 == "generate" ? generate == true : reader.has($0)
        }
        if sources.count > 1 {
            context.findings.report(
                "\(subject) has both \(sources[0]) and \(sources[1])", at: entry.place, hint: "keep one of them")
        } else if sources.isEmpty, generate != nil || !reader.has("generate") {
            context.findings.report(
                "\(subject) says nowhere where it comes from", at: entry.place,
                hint: "add 'file: PATH', 'environment: VARIABLE' or 'generate: true'")
        }
        let file = reader.value("file", .nonEmptyText)
        let variable = reader.value("environment", .variableName)
        let overlaps = reader.value("overlap", .boolean) == true
        // A wrong one is kept too, so that its uses are not reported as undefined.
        var secret = Secret(name: entry.key, source: .generated, overlaps: overlaps)
        if sources == ["file"], let file {
            checkFile(file, of: subject, at: reader["file"]?.place ?? entry.place)
            secret.source = .file(file)
        } else if sources == ["environment"], let variable {
            secret.source = .environment(variable: variable, value: context.variables.secret(variable))
        }
        return Placed(value: secret, place: entry.place)
    }

    private func checkFile(_ file: String, of subject: String, at place: Place) {
        do {
            _ = try TextFile.read(FilePath(file))
        } catch TextFile.Failure.notUTF8 {
            // A secret may be any bytes.
        } catch {
            context.findings.report("the file '\(context.shown(file))' of \(subject) \(error.reason)", at: place)
        }
    }
}

/// Compose's grammar for the names of services and secrets.
enum EntityName {
    static let grammar = "[a-zA-Z0-9][a-zA-Z0-9._-]*"
    static let pattern = "^\(grammar)$"
    static let form = ScalarForm<String>(
        expected: "a name that matches \(grammar)",
        schema: ScalarSchema(.string, .number, .boolean, pattern: pattern),
        parse: { isValid($0.text) ? $0.text : nil })

    static func isValid(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first.isNumber, name.utf8.count <= 100 else {
            return false
        }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}

/// Compose's grammar for the names of projects.
enum ProjectName {
    static let form = ScalarForm<String>(
        expected: "a name of a-z, 0-9, '-' and '_' that begins with a letter or digit",
        schema: ScalarSchema(.string, .integer, .boolean, pattern: "^[a-z0-9][a-z0-9_-]*$", minimum: 0),
        hint: { reduced($0.text).map { "did you mean '\($0)'?" } },
        parse: { reduced($0.text) == $0.text ? $0.text : nil })

    /// Lower case, without what is not in `[a-z0-9_-]`, beginning with a letter or digit; nil when nothing is left.
    static func reduced(_ text: String) -> String? {
        let kept = text.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        let name = kept.drop { $0 == "_" || $0 == "-" }
        return name.isEmpty ? nil : String(name)
    }
}
