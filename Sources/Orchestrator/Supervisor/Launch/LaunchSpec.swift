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
    /// What the manifest said; a run of another definition is out of date.
    package var service: Service
    /// The program's file as it was (``ProgramIdentity``); replaced or rebuilt means out of date too.
    package var programFile: String
    /// The boot in which it was started (random/boot_id); its process numbers mean nothing in another.
    package var boot: String
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
        case .system(let message): message
        }
    }
}
