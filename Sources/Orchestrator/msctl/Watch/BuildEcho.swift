import SystemPackage

/// Notices a build that writes into what it is triggered by, and so never comes to rest.
///
/// It only notices: the same files may change after each of several builds because somebody is at work on them.
struct BuildEcho {
    private struct Trigger {
        var files: Set<FilePath>
        /// Builds in a row that these files came right after.
        var times = 0
        var builtAt: ContinuousClock.Instant?
    }
    private var triggers: [String: Trigger] = [:]
    /// Changes that are told this soon after a build happened while it ran.
    private let echoTime = Duration.milliseconds(500)

    /// True for every third build in a row that was triggered by the same files while the one before it ran.
    mutating func isHeard(of files: [FilePath], _ service: String, now: ContinuousClock.Instant = .now) -> Bool {
        let files = Set(files)
        guard var last = triggers[service], let builtAt = last.builtAt, last.files == files, now - builtAt < echoTime
        else {
            triggers[service] = Trigger(files: files)
            return false
        }
        last.times += 1
        triggers[service] = last
        return last.times.isMultiple(of: 3)
    }

    mutating func built(_ service: String, now: ContinuousClock.Instant = .now) { triggers[service]?.builtAt = now }
}
