import SystemPackage

/// One model in Compose's sense: the files of the project, or of an `include`.
struct ManifestModel {
    /// Absolute, in merge order.
    var files: [FilePath]
    /// Relative paths in the files begin here.
    var directory: FilePath
    var variables: Variables
    /// The files whose includes led here, outermost first.
    var includedBy: [FilePath] = []
}

/// One manifest file as a tree: interpolated, in long forms, its paths absolute.
struct ManifestDocument {
    var file: FilePath
    /// What its relative paths began at.
    var directory: FilePath
    var root: ManifestNode
}

/// Where one file names another, for what is wrong with that.
struct FileReference {
    var place: Place
    /// What the path there begins at.
    var base: FilePath
}

/// Reads the files of one model into one tree. As in Compose each file by itself is interpolated, then its `extends` are
/// resolved, then its `include`s brought in; then it is laid over the files before it.
final class ModelReading {
    /// A load that reads more files than this has lost itself in its includes.
    static let fileLimit = 1000

    let load: LoadContext
    let model: ManifestModel
    /// By file and directory; nil for what cannot be read, which has been reported.
    private var documents: [[FilePath]: ManifestDocument?] = [:]
    /// Services whose `extends` is resolved, by file and directory and name.
    var extended: [ServiceKey: ManifestNode] = [:]

    var findings: Findings { load.findings }

    init(load: LoadContext, model: ManifestModel) {
        self.load = load
        self.model = model
    }

    /// nil when a file could not be read, which has been reported.
    /// - Parameter references: what names each of the files, if anything does.
    func read(namedBy references: [FileReference] = []) -> ManifestNode? {
        let merge = ManifestMerge(findings: findings)
        var result: ManifestNode?
        var isComplete = true
        for (index, file) in model.files.enumerated() {
            let reference = references.indices.contains(index) ? references[index] : nil
            guard let document = document(file, in: model.directory, namedBy: reference),
                let tree = includingOthers(extendingServices(of: document), of: document)
            else {
                isComplete = false
                continue
            }
            result = result.map { merge.merge($0, with: tree) } ?? merge.withoutResets(tree)
        }
        return isComplete ? result : nil
    }

    /// - Parameter directory: what its relative paths begin at.
    func document(_ file: FilePath, in directory: FilePath, namedBy reference: FileReference?) -> ManifestDocument? {
        if let known = documents[[file, directory]] { return known }
        let document = root(of: file, namedBy: reference).map { tree in
            let expanded = Interpolation(variables: model.variables, findings: findings).expand(tree)
            let normal = ManifestNormalization.normalize(expanded)
            return ManifestDocument(
                file: file, directory: directory, root: PathResolution(directory: directory).resolve(normal))
        }
        documents.updateValue(document, forKey: [file, directory])
        return document
    }

    private func root(of file: FilePath, namedBy reference: FileReference?) -> ManifestNode? {
        let shown = load.shown(file)
        guard load.record.readings < Self.fileLimit else {
            findings.report("the manifests read more than \(Self.fileLimit) files", at: reference?.place)
            return nil
        }
        let text: String
        do {
            text = try load.record.read(file)
        } catch {
            if let reference {
                findings.report(
                    "the file '\(shown)' \(error.reason)", at: reference.place,
                    hint: error == .missing ? hint(for: file, namedBy: reference) : nil)
            } else {
                findings.report("the file \(error.reason)", in: shown)
            }
            return nil
        }
        let before = findings.problems.count
        let empty = ManifestNode(content: .mapping([]), place: Place(file: shown, line: 1, column: 1))
        guard let root = YAMLDocument(file: shown, findings: findings).read(text) else {
            // An empty file says nothing, a broken one has been reported.
            return findings.problems.count > before ? nil : empty
        }
        if root.entries == nil, !root.isNull {
            findings.report("a manifest must be a mapping, not \(root.shape)", at: root.place)
            return nil
        }
        return root.isNull ? empty : root
    }

    /// For a path that was meant to begin at the file it stands in.
    private func hint(for file: FilePath, namedBy reference: FileReference) -> String? {
        let naming = PathText.absolute(reference.place.file, in: load.currentDirectory)
        guard let name = file.lastComponent else { return nil }
        let sibling = naming.removingLastComponent().appending(name)
        guard sibling != file, FileVersion.of(sibling) != nil else { return nil }
        let base = load.shown(reference.base)
        return "paths begin at '\(base)'; did you mean '\(PathText.shown(sibling, from: reference.base))'?"
    }
}
