import SystemPackage

extension ServiceReading {
    func build(in reader: MappingReader) -> Build? {
        guard let node = reader["build"] else { return nil }
        let subject = "build of \(reader.subject)"
        if node.scalar != nil {
            context.findings.report(
                "\(subject) is a directory to build an image from, which needs a container", at: node.place,
                hint: "write { swift: PRODUCT } or { command: [...] }")
            return nil
        }
        guard
            let inner = MappingReader(
                node, subject: subject, shape: .build, findings: context.findings)
        else { return nil }
        let directory = inner.value("context", .nonEmptyText) ?? context.directory.string
        let output = inner.value("output", .nonEmptyText).map {
            PathText.absolute($0, in: FilePath(directory)).string
        }
        switch (inner.has("swift"), inner.has("command")) {
        case (true, true):
            context.findings.report("\(subject) has both swift and command", at: node.place, hint: "keep one of them")
            return nil
        case (false, false):
            context.findings.report(
                "\(subject) says nowhere how to build", at: node.place,
                hint: "add 'swift: PRODUCT' or 'command: [...]'")
            return nil
        case (true, false): return swiftBuild(inner, directory: directory, output: output)
        case (false, true): return commandBuild(inner, directory: directory, output: output)
        }
    }

    private func swiftBuild(_ reader: MappingReader, directory: String, output: String?) -> Build? {
        let configuration = reader.value("configuration", Self.configuration) ?? "release"
        let flags = reader.values("flags", .nonEmptyText)?.map(\.value) ?? ["--static-swift-stdlib"]
        guard let product = reader.value("swift", .nonEmptyText) else { return nil }
        let usual = FilePath(directory).appending(".build").appending(configuration).string
        return Build(
            recipe: .swift(product: product, configuration: configuration, flags: flags), context: directory,
            output: output ?? usual)
    }

    private func commandBuild(_ reader: MappingReader, directory: String, output: String?) -> Build? {
        for key in ["configuration", "flags"] where reader.has(key) {
            context.findings.report(
                "'\(key)' in \(reader.subject) goes with swift, not with command", at: reader.place(of: key))
        }
        guard let command = reader.words("command") else { return nil }
        guard command.first?.isEmpty == false else {
            context.findings.report("'command' in \(reader.subject) is empty", at: reader.place(of: "command"))
            return nil
        }
        return Build(recipe: .command(command), context: directory, output: output ?? directory)
    }

    static let configuration = ScalarForm<String>.word(["debug", "release"])
}
