import CLinux

/// The command line, as pointers into `argv`: nothing is copied.
struct Arguments {
    var respawns = false
    /// Becomes PROGRAM itself.
    var becomesProgram = false
    var reportsStatus = false
    /// One file for both streams, instead of out.log and err.log.
    var log: UnsafePointer<CChar>?
    var stopSignal: Int32 = SIGTERM
    /// Milliseconds from the stop signal to SIGKILL.
    var grace: Int64 = 10_000
    /// The directory of the run's own cgroup, made if it is missing.
    var cgroup: UnsafePointer<CChar>?
    /// Listening sockets, inherited in the descriptors after the shim's own ones.
    var sockets: Int32 = 0
    /// The file mode mask of the service; the shim's own when negative.
    var umask: Int32 = -1
    /// Who runs the service; the shim's own user when negative.
    var user: Int32 = -1
    var group: Int32 = -1
    /// Further groups, numbers with commas between them; empty for none.
    var groups: UnsafePointer<CChar>?
    var directory: UnsafePointer<CChar>
    /// The program and its arguments, ended by a null pointer.
    var command: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    /// Everything before the program.
    private let options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let optionCount: Int

    init?(count: Int, vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        var directory: UnsafePointer<CChar>?
        var next = 1
        func value() -> UnsafePointer<CChar>? {
            next += 1
            guard next < count, let text = vector[next] else { return nil }
            return UnsafePointer(text)
        }
        func number() -> Int64? { value().map { Int64(atoll($0)) } }
        while next < count, let word = vector[next] {
            if equal(word, "--") { break }
            if equal(word, "--respawn") {
                respawns = true
            } else if equal(word, "--exec") {
                becomesProgram = true
            } else if equal(word, "--status") {
                reportsStatus = true
            } else if equal(word, "--log") {
                log = value()
            } else if equal(word, "--stop-signal") {
                guard let number = number() else { return nil }
                stopSignal = Int32(truncatingIfNeeded: number)
            } else if equal(word, "--grace") {
                guard let number = number() else { return nil }
                grace = number
            } else if equal(word, "--cgroup") {
                cgroup = value()
            } else if equal(word, "--sockets") {
                guard let number = number() else { return nil }
                sockets = Int32(truncatingIfNeeded: number)
            } else if equal(word, "--umask") {
                guard let number = number() else { return nil }
                umask = Int32(truncatingIfNeeded: number)
            } else if equal(word, "--user") {
                guard let user = number(), let group = number(), let groups = value() else { return nil }
                self.user = Int32(truncatingIfNeeded: user)
                self.group = Int32(truncatingIfNeeded: group)
                self.groups = groups
            } else if equal(word, "--limit") {
                next += 3  // Read in the child, see `each`.
            } else if equal(word, "--reach") {
                next += 1
            } else {
                directory = UnsafePointer(word)
            }
            next += 1
        }
        guard let directory, next + 1 < count else { return nil }
        self.directory = directory
        command = vector + (next + 1)
        options = vector
        optionCount = next
    }

    /// Calls `body` with what follows each occurrence of an option that may be given several times, until it says false.
    func each(_ option: StaticString, _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Bool) {
        var next = 1
        while next < optionCount, let word = options[next] {
            next += 1
            if equal(word, option), !body(options + next) { return }
        }
    }
}

private func equal(_ text: UnsafeMutablePointer<CChar>, _ word: StaticString) -> Bool {
    strlen(text) == word.utf8CodeUnitCount && memcmp(text, word.utf8Start, word.utf8CodeUnitCount) == 0
}
