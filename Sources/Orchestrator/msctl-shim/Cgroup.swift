import CLinux

/// The run's own cgroup (cgroups(7), version 2), where the daemon found a place for it. The child is in it from its first
/// instruction, the shim is not: what it ends at once with `cgroup.kill`, however fast it forks, is the service's tree
/// alone. Without a cgroup everything works as well, by the tree.
struct Cgroup {
    private let path: UnsafePointer<CChar>?
    private var descriptor: Int32 = -1
    /// Why the child could not be put there, errno; 0 when it could or nobody asked for it.
    private(set) var error: Int32 = 0

    init(_ arguments: Arguments) {
        path = arguments.cgroup
        guard let path else { return }
        if mkdir(path, 0o755) != 0, clinux_errno() != EEXIST {
            error = clinux_errno()
            return
        }
        descriptor = clinux_open(path, O_RDONLY | O_DIRECTORY, 0)
        if descriptor < 0 { error = clinux_errno() }
    }

    /// fork(2), into the cgroup if there is one.
    mutating func fork() -> Int32 {
        guard descriptor >= 0 else { return CLinux.fork() }
        let forked = clinux_fork_into(descriptor)
        if forked >= 0 { return forked }
        error = clinux_errno()
        close(descriptor)
        descriptor = -1
        return CLinux.fork()
    }

    /// SIGKILL to everything in it, also to what is being forked right now.
    func kill() { write("cgroup.kill", "1") }

    /// Whether the kernel has ended one of its processes because the memory limit was reached.
    var ranOutOfMemory: Bool {
        guard descriptor >= 0 else { return false }
        let file = clinux_open_at(descriptor, "memory.events", O_RDONLY)
        guard file >= 0 else { return false }
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: 512)
        defer {
            close(file)
            buffer.deallocate()
        }
        let count = read(file, buffer, 511)
        guard count > 0 else { return false }
        buffer[count] = 0
        guard let found = strstr(buffer, "oom_kill ") else { return false }
        return atoi(found + 9) > 0
    }

    /// When the tree is gone. What cannot be removed still holds something; the daemon sees that and ends it.
    func remove() {
        guard let path, descriptor >= 0 else { return }
        rmdir(path)
    }

    private func write(_ name: StaticString, _ text: StaticString) {
        guard descriptor >= 0 else { return }
        let file = clinux_open_at(descriptor, characters(name), O_WRONLY)
        guard file >= 0 else { return }
        _ = CLinux.write(file, text.utf8Start, text.utf8CodeUnitCount)
        close(file)
    }
}

/// A literal as C sees it: its bytes end with a null.
private func characters(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
