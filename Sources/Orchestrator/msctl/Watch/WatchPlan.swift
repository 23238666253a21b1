import Manifest
import SystemPackage

/// Which files matter, and what a change of each asks for.
struct WatchPlan: Sendable {
    /// What is to be done about a change.
    enum Effect: Hashable, Sendable, Comparable {
        /// The manifests are to be read again.
        case reload
        case rebuild(String)
        case restart(String)

        var service: String? {
            switch self {
            case .reload: nil
            case .rebuild(let name), .restart(let name): name
            }
        }

        static func < (a: Self, b: Self) -> Bool { a.order < b.order }

        private var order: (Int, String) {
            switch self {
            case .reload: (0, "")
            case .rebuild(let name): (1, name)
            case .restart(let name): (2, name)
            }
        }
    }

    /// One rule of one service, with its patterns understood.
    private struct Rule: Sendable {
        let effect: Effect
        let path: FilePath
        let ignore: PathPatterns
        let include: PathPatterns
        /// What the service's build writes, as far as it is below `path`.
        let output: Set<FilePath>

        /// The path relative to the rule's; nil when it is elsewhere, is never watched, or is ignored.
        func relative(_ file: FilePath) -> String? {
            var relative = file
            guard relative.removePrefix(path) else { return nil }
            if relative.components.contains(where: { WatchPlan.isNeverWatched($0.string) }) { return nil }
            if output.contains(where: { file.starts(with: $0) }) { return nil }
            return relative.string
        }

        func matters(_ file: FilePath) -> Bool {
            guard let relative = relative(file) else { return false }
            // The file that the rule itself names.
            if relative.isEmpty { return true }
            return !ignore.match(relative) && (include.isEmpty || include.match(relative))
        }

        /// Whether anything in a directory may matter.
        func looksInto(_ directory: FilePath) -> Bool {
            guard let relative = relative(directory) else { return false }
            return ignore.hasExceptions || !ignore.match(relative)
        }
    }

    private let rules: [Rule]
    private let manifests: Set<FilePath>
    /// Directories whose manifests are read, whatever their names.
    private let manifestDirectories: Set<FilePath>

    /// - Parameter services: those whose rules count.
    init(_ project: Project, services: [Service]) throws(CommandFailure) {
        var rules: [Rule] = []
        for service in services {
            let output = Self.output(of: service)
            for rule in service.watch {
                let path = FilePath(rule.path).lexicallyNormalized()
                do {
                    rules.append(
                        Rule(
                            effect: rule.action == .rebuild ? .rebuild(service.name) : .restart(service.name),
                            path: path, ignore: try PathPatterns(rule.ignore), include: try PathPatterns(rule.include),
                            output: output.filter { $0 != path && $0.starts(with: path) }))
                } catch {
                    throw .manifest(
                        "'\(error.text)' in develop.watch of \(service.name) is no pattern",
                        hint: "close its '[', or write '\\[' for the character itself")
                }
            }
        }
        self.rules = rules
        let inputs = (project.source?.inputs.map(\.path) ?? []) + project.files
        manifests = Set(inputs.map { FilePath($0).lexicallyNormalized() })
        manifestDirectories = Set(project.files.map { FilePath($0).lexicallyNormalized().removingLastComponent() })
        roots = Set(rules.map(\.path)).union(manifests).union(manifestDirectories)
    }

    /// Where to look: files, and directories with everything below them. They need not exist.
    let roots: Set<FilePath>

    /// What a change of a file asks for; nothing for most files.
    func effects(of file: FilePath) -> Set<Effect> {
        var effects = Set(rules.filter { $0.matters(file) }.map(\.effect))
        if isManifest(file) { effects.insert(.reload) }
        // To replace is more than to restart.
        for case .rebuild(let service) in effects { effects.remove(.restart(service)) }
        return effects
    }

    /// Whether anything in a directory may matter.
    func looksInto(_ directory: FilePath) -> Bool {
        // On the way to what is watched, or that itself.
        if roots.contains(where: { $0.starts(with: directory) }) { return true }
        return rules.contains { $0.looksInto(directory) }
    }

    private func isManifest(_ file: FilePath) -> Bool {
        if manifests.contains(file) { return true }
        guard let name = file.lastComponent?.string, name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
            return false
        }
        return manifestDirectories.contains(file.removingLastComponent()) && !Self.isNeverWatched(name)
    }

    private static func output(of service: Service) -> Set<FilePath> {
        guard let build = service.build else { return [] }
        let programs = BuildUnit.units(of: [service]).flatMap(\.programs)
        return Set((programs + [FilePath(build.output)]).map { $0.lexicallyNormalized() })
    }

    /// Version control, our own state, SwiftPM's output, and what editors put beside a file while they write it.
    static func isNeverWatched(_ name: String) -> Bool {
        if [".git", ".msctl", ".hg", ".svn", ".DS_Store", "4913"].contains(name) || name.hasPrefix(".build") {
            return true
        }
        if name.hasSuffix("~") || name.hasPrefix(".#") || (name.hasPrefix("#") && name.hasSuffix("#")) { return true }
        if name.hasPrefix(".goutputstream-") || name.hasSuffix("___jb_tmp___") || name.hasSuffix("___jb_old___") {
            return true
        }
        return name.hasPrefix(".") && [".swp", ".swo", ".swx", ".kate-swp"].contains { name.hasSuffix($0) }
    }
}
