import CLinux
import StateDirectory
import SystemPackage
import TestSupport

/// One run of the built shim in a directory of its own, started as the daemon starts it.
struct ShimRun {
    let directory = TemporaryDirectory()

    func start(_ options: [String] = [], _ command: String...) throws -> SpawnedProcess {
        try SpawnedProcess(BuiltProducts.shim.string, options + [directory.path.string, "--"] + command)
    }

    /// Starts it and waits for its end; what the service wrote on stdout.
    func output(_ options: [String], _ command: String...) throws -> String {
        let process = try SpawnedProcess(
            BuiltProducts.shim.string, options + [directory.path.string, "--"] + command)
        process.wait()
        return try text("out.log")
    }

    func text(_ name: String) throws -> String {
        String(decoding: try AtomicFile.read(directory.path.appending(name)) ?? [], as: UTF8.self)
    }

    var record: ExitRecord? {
        (try? AtomicFile.read(directory.path.appending("exit"))).flatMap { $0 }.flatMap {
            ExitRecord(String(decoding: $0, as: UTF8.self))
        }
    }

    var isHeld: Bool { FileLock.isHeld(directory.path.appending("shim.lock")) }
}

/// Whether these tests run with the rights to become another user.
let isRoot = geteuid() == 0

/// CAP_SYS_RESOURCE, which containers often take away from root.
let mayRaiseLimits: Bool = {
    let status = (try? AtomicFile.read("/proc/self/status")) ?? nil
    let line = String(decoding: status ?? [], as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    let effective = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    return effective & 1 << 24 != 0
}()
