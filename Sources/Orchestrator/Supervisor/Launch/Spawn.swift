import CLinux
import SystemPackage

/// posix_spawn(3) with what is needed here; the child starts with default signal actions and only the descriptors given.
enum Spawn {
    /// - Parameters:
    ///   - descriptors: what becomes 0, 1, 2 and so on in the child; -1 leaves one closed.
    ///   - group: makes the child leader of a process group of its own.
    ///   - blocked: signals wait until the child asks for them, from its first instruction on.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String], directory: String,
        descriptors: [Int32], group: Bool = false, blocked: Bool = false
    ) throws(Errno) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        clinux_spawn_chdir(&actions, directory)
        // One that stands where another is to go would be overwritten before its turn: it goes out of the way first.
        let count = Int32(descriptors.count)
        let moved = descriptors.enumerated().map { target, descriptor in
            (0..<count).contains(descriptor) && descriptor != target ? clinux_duplicate(descriptor, count) : descriptor
        }
        defer { for (old, new) in zip(descriptors, moved) where old != new { close(new) } }
        for (target, descriptor) in moved.enumerated() where descriptor >= 0 {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        if blocked { sigfillset(&mask) } else { sigemptyset(&mask) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if group { flags |= POSIX_SPAWN_SETPGROUP }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (argv + envp).forEach { free($0) } }
        argv.append(nil)
        envp.append(nil)
        var pid: Int32 = 0
        let error = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard error == 0 else { throw Errno(rawValue: error) }
        return pid
    }
}
