import SystemPackage

/// What every part of one load shares.
struct LoadContext {
    let findings: Findings
    let record: LoadRecord
    /// Absolute; problems name files relative to it.
    let currentDirectory: FilePath

    func shown(_ path: FilePath) -> FilePath { PathText.shown(path, from: currentDirectory) }
}
