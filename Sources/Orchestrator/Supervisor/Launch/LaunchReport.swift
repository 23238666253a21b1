import CLinux
import StateDirectory
import SystemPackage

/// What a shim says of a start, on its status descriptor: four 32-bit integers.
struct LaunchReport {
    let pid: Int32
    let error: Errno
    /// nil: execve(2).
    let step: LaunchStep?
    let detail: Int32

    /// Reads it once; nil when the shim ended without a word.
    init?(_ descriptor: Int32) {
        var message: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard read(descriptor, &message, 16) == 16 else { return nil }
        pid = message.0
        error = Errno(rawValue: message.1)
        step = [1: .limit, 2: .user, 3: .reach][message.2]
        detail = message.3
    }

    /// Why the service could not be put into its cgroup; nil when it is in one, or none was wanted.
    var cgroupError: Errno? { error.rawValue == 0 && detail != 0 ? Errno(rawValue: detail) : nil }

    func failure(_ spec: LaunchSpec) -> String {
        LaunchFailure(step: step, error: error, detail: detail).sentence(spec)
    }
}

/// A shim that could not start its program, in words.
struct LaunchFailure {
    let step: LaunchStep?
    let error: Errno
    /// As in ``LaunchReport``; nil when only the exit record tells.
    let detail: Int32?

    func sentence(_ spec: LaunchSpec) -> String {
        let user = spec.attributes?.credentials
        switch step {
        case nil: return execution(spec, user)
        case .limit:
            let name = detail.map { " \(Ulimit.name(of: $0))" } ?? ""
            return "the kernel refuses the ulimit\(name): \(error); ask for less, or run msctl with more rights"
        case .user: return "cannot become user '\(user?.name ?? "?")': \(error); that takes CAP_SETUID and CAP_SETGID"
        case .reach: return reach(spec, user)
        }
    }

    private func execution(_ spec: LaunchSpec, _ user: Credentials?) -> String {
        switch error {
        case .permissionDenied where user != nil:
            let wall = user?.obstacle(on: FilePath(spec.program).removingLastComponent())
            return
                "user '\(user?.name ?? "?")' may not run \(spec.program); give it the right to read and execute the file"
                + (wall.map { " and to enter \($0)" } ?? "")
        case .noSuchFileOrDirectory:
            return "cannot run \(spec.program): the interpreter named in its first line, or its loader, does not exist"
        default: return "cannot run \(spec.program): \(error)"
        }
    }

    private func reach(_ spec: LaunchSpec, _ user: Credentials?) -> String {
        let directories = spec.attributes?.reach ?? []
        let directory = detail.flatMap { Int($0) < directories.count ? directories[Int($0)] : nil } ?? directories.first
        let wall = directory.flatMap { user?.obstacle(on: FilePath($0)) }
        let remedy = wall.map { "; let it into \($0) (chmod o+x) or move the project" } ?? ": \(error)"
        return "user '\(user?.name ?? "?")' cannot enter \(directory ?? "its directories")\(remedy)"
    }
}

extension ExitRecord {
    /// nil when the program ran.
    var failure: LaunchFailure? {
        switch end {
        case .exited: nil
        case .notExecutable(let error): LaunchFailure(step: nil, error: Errno(rawValue: error), detail: nil)
        case .notPrepared(let step, let error): LaunchFailure(step: step, error: Errno(rawValue: error), detail: nil)
        }
    }
}
