import SystemPackage

/// A service in a file.
struct ServiceKey: Hashable {
    var file: FilePath
    var directory: FilePath
    var name: String
}

extension ModelReading {
    /// Longer chains than this are no configuration.
    private static let chainLimit = 64

    /// The file's tree with every service laid over the one it extends, and no `extends` left.
    func extendingServices(of document: ManifestDocument) -> ManifestNode {
        document.root.replacing("services") { services in
            services.mappingValues { name, body in extending(name, body, in: document, chain: []) }
        }
    }

    /// - Parameter chain: the services whose `extends` led here, the first one first.
    private func extending(
        _ name: String, _ body: ManifestNode, in document: ManifestDocument, chain: [ServiceKey]
    ) -> ManifestNode {
        guard let entry = body.entries?.first(where: { $0.key == "extends" }) else { return body }
        let key = ServiceKey(file: document.file, directory: document.directory, name: name)
        if let known = extended[key] { return known }
        var result = body.removing("extends")
        if !entry.value.isNull {
            if let target = target(of: entry.value, service: name, in: document),
                let base = base(target, at: entry.place, chain: chain + [key])
            {
                result = ManifestMerge(findings: findings).extend(base, with: result, named: name)
            } else {
                // Its `extends` stays: what the service has not got now is not to be reported as missing.
                result = body
            }
        }
        extended[key] = result
        return result
    }

    /// The service that is extended: its file and its entry there.
    private func target(
        of node: ManifestNode, service: String, in document: ManifestDocument
    ) -> (document: ManifestDocument, entry: ManifestNode.Entry)? {
        let subject = "extends of service '\(service)'"
        let mapping =
            node.scalar == nil
            ? node
            : ManifestNode(content: .mapping([]), place: node.place).adding("service", node.content, at: node.place)
        guard
            let reader = MappingReader(mapping, subject: subject, shape: .extends, findings: findings)
        else { return nil }
        if !reader.has("service") {
            findings.report("\(subject) has no service", at: node.place, hint: "add 'service: NAME'")
        }
        let file = reader.value("file", .nonEmptyText)
        guard let name = reader.value("service", .nonEmptyText), file != nil || !reader.has("file") else { return nil }
        let found = file.map { text in
            let path = PathText.absolute(text, in: document.directory)
            let reference = FileReference(place: reader["file"]?.place ?? node.place, base: document.directory)
            return self.document(path, in: ProjectLocator.home(of: path), namedBy: reference)
        }
        guard let other = found ?? document else { return nil }
        let services = other.root["services"]?.entries ?? []
        guard let entry = services.first(where: { $0.key == name }) else {
            let elsewhere = file == nil ? "a service of another file is named by { file: PATH, service: NAME }" : nil
            findings.report(
                "service '\(service)' extends '\(name)', which is not in '\(load.shown(other.file))'",
                at: reader["service"]?.place ?? node.place,
                hint: NearestWord.hint(for: name, in: services.map(\.key)) ?? elsewhere)
            return nil
        }
        return (other, entry)
    }

    private func base(
        _ target: (document: ManifestDocument, entry: ManifestNode.Entry), at place: Place, chain: [ServiceKey]
    ) -> ManifestNode? {
        let (document, entry) = target
        let key = ServiceKey(file: document.file, directory: document.directory, name: entry.key)
        if let first = chain.firstIndex(of: key) {
            findings.report("services extend each other in a circle: \(story(of: chain[first...] + [key]))", at: place)
            return nil
        }
        guard chain.count <= Self.chainLimit else {
            findings.report("more than \(Self.chainLimit) services extend one another", at: place)
            return nil
        }
        let base = extending(entry.key, entry.value, in: document, chain: chain)
        return base.isNull ? ManifestNode(content: .mapping([]), place: base.place) : base
    }

    /// `a → b → a`, with files when there are several.
    private func story(of chain: ArraySlice<ServiceKey>) -> String {
        let isOneFile = Set(chain.map(\.file)).count == 1
        return chain.map { isOneFile ? $0.name : "\($0.name) in \(load.shown($0.file))" }.joined(separator: " → ")
    }
}
