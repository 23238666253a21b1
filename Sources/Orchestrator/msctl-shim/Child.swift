import CLinux

/// The service's own process: leader of a process group in the shim's session.
struct Child {
    /// -1 when it could not even be forked.
    let pid: Int32
    let trouble: Trouble

    /// - Parameter inherited: a descriptor that the program finds as ``DescriptorStore/childDescriptor``, if not negative.
    init(_ arguments: Arguments, _ output: Output, _ cgroup: inout Cgroup, inherited: Int32) {
        // Closed by a successful execve(2), so that an end of file says: it runs.
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else {
            (pid, trouble) = (-1, Trouble(.execute, error: clinux_errno()))
            return
        }
        let forked = cgroup.fork()
        if forked == 0 { Child.run(arguments, output, inherited, trouble: ends.write) }
        let error = forked < 0 ? clinux_errno() : 0
        close(ends.write)
        var cause = Trouble(.execute, error: error)
        if forked > 0, read(ends.read, &cause, 12) != 12 { cause = Trouble(.execute, error: 0) }
        close(ends.read)
        (pid, trouble) = (forked, cause)
    }

    /// In the child, up to execve(2).
    private static func run(
        _ arguments: Arguments, _ output: Output, _ inherited: Int32, trouble: Int32
    ) -> Never {
        setpgid(0, 0)
        clinux_default_signals()
        let null = clinux_open("/dev/null", O_RDONLY, 0)
        dup2(null, 0)
        dup2(output.out, 1)
        dup2(output.err, 2)
        PassedSockets(arguments).takeTheirPlaces()
        if inherited >= 0 { dup2(inherited, DescriptorStore.childDescriptor) }
        var cause = prepare(arguments)
        if cause.error == 0, let program = arguments.command[0] {
            _ = execve(program, arguments.command, clinux_environ())
            cause = Trouble(.execute, error: clinux_errno())
        }
        _ = write(trouble, &cause, 12)
        _exit(127)
    }

    /// This process, with what a service's process would have; the trouble is an exit code, as shells have it.
    static func become(_ arguments: Arguments) -> Never {
        let trouble = prepare(arguments)
        guard trouble.error == 0, let program = arguments.command[0] else {
            complain("its user, limits or mask cannot be had\n")
            _exit(126)
        }
        _ = execve(program, arguments.command, clinux_environ())
        complain("it cannot be executed\n")
        _exit(127)
    }

    /// What the service may do. Limits come before the change of user, which takes away the right to raise them; groups
    /// before the user for the same reason.
    private static func prepare(_ arguments: Arguments) -> Trouble {
        var trouble = Trouble(.execute, error: 0)
        arguments.each("--limit") { values in
            guard let name = values[0], let soft = values[1], let hard = values[2] else { return false }
            let resource = atoi(name)
            if clinux_set_limit(resource, strtoull(soft, nil, 10), strtoull(hard, nil, 10)) == 0 { return true }
            trouble = Trouble(.limit, error: clinux_errno(), detail: resource)
            return false
        }
        if trouble.error != 0 { return trouble }
        if arguments.user >= 0, let error = becomeUser(arguments) { return Trouble(.user, error: error) }
        if arguments.umask >= 0 { _ = umask(mode_t(arguments.umask)) }
        var index: Int32 = 0
        arguments.each("--reach") { values in
            guard let directory = values[0] else { return false }
            if access(directory, X_OK) != 0 {
                trouble = Trouble(.reach, error: clinux_errno(), detail: index)
                return false
            }
            index += 1
            return true
        }
        return trouble
    }

    /// The errno of what failed.
    private static func becomeUser(_ arguments: Arguments) -> Int32? {
        var count = 0
        let groups = UnsafeMutablePointer<gid_t>.allocate(capacity: 65_536)  // NGROUPS_MAX
        var cursor = arguments.groups.map { UnsafeMutablePointer(mutating: $0) }
        while let position = cursor, position.pointee != 0, count < 65_536 {
            groups[count] = gid_t(strtoul(position, &cursor, 10))
            count += 1
            if let after = cursor, after.pointee == 0x2C { cursor = after + 1 }
        }
        let done =
            setgroups(count, groups) == 0 && setgid(gid_t(arguments.group)) == 0
            && setuid(uid_t(arguments.user)) == 0
        return done ? nil : clinux_errno()
    }
}

/// Why the program does not run.
struct Trouble {
    /// The numbers cross the status pipe, see `LaunchReport` in the supervisor.
    enum Step: Int32 {
        case execute = 0
        case limit = 1
        case user = 2
        case reach = 3
    }
    /// errno; 0 when the program runs.
    let error: Int32
    private let number: Int32
    /// Of `limit` the resource's number, of `reach` the directory's place on the command line.
    let detail: Int32

    init(_ step: Step, error: Int32, detail: Int32 = 0) {
        self.error = error
        self.detail = detail
        number = step.rawValue
    }

    var step: Step { Step(rawValue: number) ?? .execute }
}
