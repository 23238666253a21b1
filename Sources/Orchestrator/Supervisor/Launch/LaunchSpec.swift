import CLinux
import Manifest
import SystemPackage

/// One run, ready to be executed: what `spec.json` in its directory holds.
package struct LaunchSpec: Sendable, Hashable, Codable {
    /// Absolute path of the program.
    package var program: String
    /// The program's arguments, its name first.
    package var arguments: [String]
    package var environment: [String: String]
    package var workingDirectory: String
    package var port: UInt16?
    package var stopSignal: Int32
    package var graceMilliseconds: Int64
    /// Who runs it and within which limits; nil in the records of older daemons.
    package var attributes: ProcessAttributes?
    /// The directory of its cgroup; nil where none could be made.
    package var cgroup: String?
    /// What the manifest said; a run of another definition is out of date.
    package var service: Service
    /// The program's file as it was (``ProgramIdentity``); replaced or rebuilt means out of date too.
    package var programFile: String
    /// The boot in which it was started (random/boot_id); its process numbers mean nothing in another.
    package var boot: String
}

extension LaunchSpec {
    /// What an older daemon said of the service in other words is no definition at all: whatever the manifest says now is
    /// another. The rest is what takes over a run.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        program = try values.decode(String.self, forKey: .program)
        arguments = try values.decode([String].self, forKey: .arguments)
        environment = try values.decode([String: String].self, forKey: .environment)
        workingDirectory = try values.decode(String.self, forKey: .workingDirectory)
        port = try values.decodeIfPresent(UInt16.self, forKey: .port)
        stopSignal = try values.decode(Int32.self, forKey: .stopSignal)
        graceMilliseconds = try values.decode(Int64.self, forKey: .graceMilliseconds)
        attributes = try? values.decodeIfPresent(ProcessAttributes.self, forKey: .attributes)
        cgroup = try values.decodeIfPresent(String.self, forKey: .cgroup)
        service =
            (try? values.decode(Service.self, forKey: .service))
            ?? Service(name: "", command: [], workingDirectory: workingDirectory)
        programFile = try values.decode(String.self, forKey: .programFile)
        boot = try values.decode(String.self, forKey: .boot)
    }
}

/// The identity of a program's file: replaced or rebuilt means another.
package struct ProgramIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modifiedNanoseconds: Int64

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    var description: String { "\(device).\(inode).\(size).\(modifiedNanoseconds)" }
}

/// Why a run could not be prepared; shown as the reason of the instance's state.
package enum LaunchError: Error, CustomStringConvertible {
    /// The program is in none of the places it was looked for.
    case noProgram(String, lookedIn: [String])
    /// The program's file is there, but may not be executed.
    case notExecutable(String)
    case noWorkingDirectory(String)
    /// Another process listens on the instance's port.
    case portHeld(UInt16, by: String?)
    case noFreePort(Errno)
    case unknownUser(String)
    case unknownGroup(String)
    /// A number that no account has says nothing of its group.
    case userWithoutGroup(UInt32)
    /// Starting a service as somebody else takes CAP_SETUID and CAP_SETGID.
    case mayNotChangeUser(String)
    case unknownLimit(String)
    case limitOutOfOrder(String, soft: String, hard: String)
    /// Raising a hard limit takes CAP_SYS_RESOURCE.
    case limitTooHigh(String, asked: String, most: String)
    /// More than the kernel allows anyone.
    case tooManyFiles(asked: String, most: UInt64)
    /// A listening socket cannot be opened; where, and why.
    case socket(String, String)
    case socketPathTooLong(String)
    /// The state directory, or the kernel, refused.
    case system(String)

    package var description: String {
        switch self {
        case .noProgram(let name, let places):
            "there is no program '\(name)' in \(places.joined(separator: ", ")); build it or correct 'command'"
        case .notExecutable(let path): "\(path) is not executable"
        case .noWorkingDirectory(let path): "the working directory \(path) does not exist"
        case .portHeld(let port, let owner?): "port \(port) is held by \(owner)"
        case .portHeld(let port, nil): "port \(port) is held by a process of another user"
        case .noFreePort(let error): "no free port: \(error)"
        case .unknownUser(let name):
            "there is no user '\(name)' on this machine; create the account or correct 'user'"
        case .unknownGroup(let name):
            "there is no group '\(name)' on this machine; create it or correct 'user' and 'groups'"
        case .userWithoutGroup(let uid): "no account has the number \(uid); give its group too: 'user: \(uid):\(uid)'"
        case .mayNotChangeUser(let name):
            "only root may start a service as \(name); run msctl as root, or leave 'user' and 'groups' out"
        case .unknownLimit(let name):
            "there is no ulimit '\(name)'; the kernel has \(Ulimit.resources.keys.sorted().joined(separator: ", "))"
        case .limitOutOfOrder(let name, let soft, let hard):
            "ulimit \(name): the soft limit \(soft) is above the hard limit \(hard)"
        case .limitTooHigh(let name, let asked, let most):
            "ulimit \(name): \(asked) is above the hard limit \(most) that msctl itself has; ask for at most \(most), or raise "
                + "it (limits.conf, LimitNOFILE= and the like), end the daemon with 'msctl daemon stop' and start anew"
        case .tooManyFiles(let asked, let most):
            "ulimit nofile: \(asked) is above what this kernel allows; ask for at most \(most), or raise fs.nr_open"
        case .socket(let address, let why): "cannot listen on \(address): \(why)"
        case .socketPathTooLong(let path):
            "the socket path \(path) is longer than the \(SocketAddress.longestPath) bytes that the kernel takes; "
                + "choose a shorter one"
        case .system(let message): message
        }
    }
}
