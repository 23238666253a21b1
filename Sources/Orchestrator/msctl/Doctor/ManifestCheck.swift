import Manifest

/// The manifests, as `config --check` reads them.
enum ManifestCheck {
    /// The project, if there is one, and what was found.
    static func read(_ context: CommandContext) -> (project: Project?, findings: [Finding]) {
        let loader = ManifestLoader(
            projectDirectory: context.projectDirectory, files: context.files, profiles: context.profiles,
            environment: context.environment, currentDirectory: context.currentDirectory)
        do {
            let loaded = try loader.load()
            let warnings = loaded.warnings.map {
                Finding.warn("manifests", "\($0)", "msctl config shows what is understood")
            }
            let count = loaded.project.services.count
            let good = Finding.ok(
                "manifests", "\(loaded.project.name): \(count) \(count == 1 ? "service" : "services")")
            return (loaded.project, warnings.isEmpty ? [good] : warnings)
        } catch {
            let findings = error.problems.map { problem in
                Finding.fail(
                    "manifests", problem.description,
                    problem.hint ?? "correct it; 'msctl config --check' reads them again")
            }
            return (nil, findings)
        }
    }
}
