import SystemPackage

extension ModelReading {
    /// The tree with what its `include` brings, and no `include` left; nil when that could not be read.
    func includingOthers(_ tree: ManifestNode, of document: ManifestDocument) -> ManifestNode? {
        let result = tree.removing("include")
        guard let node = tree["include"], !node.isNull else { return result }
        guard case .sequence(let items) = node.content else {
            findings.report("'include' in the manifest must be a list, not \(node.shape)", at: node.place)
            return nil
        }
        return items.reduce(result) { tree, item in
            // All are read even when one cannot be, so that all problems are told.
            let included = self.included(item, by: document)
            return tree.flatMap { tree in included.map { importing($0, into: tree, at: item.place) } }
        }
    }

    private func included(_ node: ManifestNode, by document: ManifestDocument) -> ManifestNode? {
        let mapping =
            node.scalar == nil
            ? node : ManifestNode(content: .mapping([]), place: node.place).adding("path", node.content, at: node.place)
        guard
            let reader = MappingReader(
                mapping, subject: "an include", shape: .include, findings: findings)
        else { return nil }
        guard reader.has("path") else {
            findings.report("an include has no path", at: node.place, hint: "add 'path: FILE'")
            return nil
        }
        let paths = paths("path", in: reader)
        let isAllowed = paths.map { isNew($0, by: document) }.allSatisfy { $0 }
        let directory = reader.value("project_directory", .nonEmptyText)
        let envFiles = reader.has("env_file") ? self.paths("env_file", in: reader) : nil
        guard isAllowed, let first = paths.first, directory != nil || !reader.has("project_directory") else {
            return nil
        }
        let home = directory.map { PathText.absolute($0, in: model.directory) } ?? ProjectLocator.home(of: first.value)
        let variables = variables(from: envFiles, home: home, file: first.value)
        let chain = model.includedBy + [document.file]
        let included = ManifestModel(
            files: paths.map(\.value), directory: home, variables: variables, includedBy: chain)
        let reading = ModelReading(load: load, model: included)
        return reading.read(namedBy: paths.map { FileReference(place: $0.place, base: model.directory) })
            .map(reading.selfContained)
    }

    /// One path or a list of them, absolute.
    private func paths(_ key: String, in reader: MappingReader) -> [Placed<FilePath>] {
        let texts =
            if let node = reader[key], node.scalar != nil {
                reader.value(key, .nonEmptyText).map { [(value: $0, place: node.place)] }
            } else {
                reader.values(key, .nonEmptyText)
            }
        return texts?.map { Placed(value: PathText.absolute($0.value, in: model.directory), place: $0.place) } ?? []
    }

    private func isNew(_ file: Placed<FilePath>, by document: ManifestDocument) -> Bool {
        let chain = model.includedBy + [document.file]
        if let first = chain.firstIndex(of: file.value) {
            let story = (chain[first...] + [file.value]).map { load.shown($0).string }.joined(separator: " → ")
            findings.report("files include each other in a circle: \(story)", at: file.place)
            return false
        }
        if model.files.contains(file.value) {
            findings.report(
                "'\(load.shown(file.value))' is read already, it is merged with this file", at: file.place,
                hint: "leave the include out")
            return false
        }
        return true
    }

    /// The including model's variables, over those of the include's own env files, or of the `.env` in its directory.
    private func variables(from files: [Placed<FilePath>]?, home: FilePath, file: FilePath) -> Variables {
        let envFiles = EnvFiles(load: load)
        if let files { return envFiles.values(of: files, below: model.variables) }
        let beside = file.removingLastComponent()
        let hasManifests = beside.removingLastComponent() == home && ProjectLocator.home(of: file) == home
        return envFiles.defaults(in: hasManifests ? [home, beside] : [home], below: model.variables)
    }

    /// What of a model depends on where and with what it was read, written out: what is included is as it is by itself.
    private func selfContained(_ tree: ManifestNode) -> ManifestNode {
        // Reports keys that mean nothing; what is in the known ones is checked when all is merged.
        _ = MappingReader(
            tree, subject: "the manifest", shape: .project, findings: findings)
        return tree.withoutDirectives.replacing("services") { services in
            services.mappingValues { _, service in
                service
                    .replacing("environment") { environment in
                        environment.mappingValues { name, value in
                            guard value.isNull, let text = model.variables[name] else { return value }
                            return ManifestNode(content: .scalar(.init(text: text, style: .quoted)), place: value.place)
                        }
                    }
                    .replacing("build") { $0.withDirectory("context", model.directory) }
                    .withDirectory("working_dir", model.directory)
            }
        }
    }

    /// The services and secrets of `included` beside those of `tree`. A name that both have must mean the same.
    private func importing(_ included: ManifestNode, into tree: ManifestNode, at place: Place) -> ManifestNode {
        var result = tree
        for key in ["services", "secrets"] {
            guard let entries = included[key]?.entries else { continue }
            if result[key]?.entries == nil {
                // A null or wrong one of the includer's is reported when it is read.
                guard result[key]?.isNull ?? true else { continue }
                result = result.removing(key).adding(key, .mapping([]), at: place)
            }
            result = result.replacing(key) { own in
                entries.reduce(own) { own, entry in adding(entry, to: own, kind: String(key.dropLast())) }
            }
        }
        return result
    }

    private func adding(_ entry: ManifestNode.Entry, to own: ManifestNode, kind: String) -> ManifestNode {
        guard let known = own.entries?.first(where: { $0.key == entry.key }) else {
            var result = own
            result.content = .mapping((own.entries ?? []) + [entry])
            return result
        }
        if !known.value.says(sameAs: entry.value) {
            findings.report(
                "\(kind) '\(entry.key)' is included as well, from \(entry.place)", at: known.place,
                hint:
                    "rename one of them; to change what is included, write it into a file that is merged with this one")
        }
        return own
    }
}

extension ManifestNode {
    /// With `key: directory` where it says none; what is no mapping stays.
    fileprivate func withDirectory(_ key: String, _ directory: FilePath) -> ManifestNode {
        guard self[key]?.isNull ?? true else { return self }
        return removing(key).adding(key, .scalar(.init(text: directory.string, style: .quoted)), at: place)
    }
}
