import CLinux

/// The command line, as pointers into `argv`: nothing is copied.
struct Arguments {
    var respawns = false
    var reportsStatus = false
    /// One file for both streams, instead of out.log and err.log.
    var log: UnsafePointer<CChar>?
    var stopSignal: Int32 = SIGTERM
    /// Milliseconds from the stop signal to SIGKILL.
    var grace: Int64 = 10_000
    var directory: UnsafePointer<CChar>
    /// The program and its arguments, ended by a null pointer.
    var command: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    init?(count: Int, vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        var directory: UnsafePointer<CChar>?
        var next = 1
        func value() -> UnsafePointer<CChar>? {
            next += 1
            guard next < count, let text = vector[next] else { return nil }
            return UnsafePointer(text)
        }
        while next < count, let word = vector[next] {
            if equal(word, "--") { break }
            if equal(word, "--respawn") {
                respawns = true
            } else if equal(word, "--status") {
                reportsStatus = true
            } else if equal(word, "--log") {
                log = value()
            } else if equal(word, "--stop-signal") {
                guard let number = value() else { return nil }
                stopSignal = Int32(atoi(number))
            } else if equal(word, "--grace") {
                guard let number = value() else { return nil }
                grace = Int64(atoll(number))
            } else {
                directory = UnsafePointer(word)
            }
            next += 1
        }
        guard let directory, next + 1 < count else { return nil }
        self.directory = directory
        command = vector + (next + 1)
    }
}

private func equal(_ text: UnsafeMutablePointer<CChar>, _ word: StaticString) -> Bool {
    strlen(text) == word.utf8CodeUnitCount && memcmp(text, word.utf8Start, word.utf8CodeUnitCount) == 0
}
