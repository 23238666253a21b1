import SystemPackage

/// A process that carries a project's mark in its environment: a service, or something that a service started, however far
/// it went from home.
package struct MarkedProcess: Sendable, Hashable {
    package let pid: Int32
    /// Program and arguments.
    package let command: String
    /// `SERVICE.REPLICA/RUN`.
    package let run: String

    /// `SERVICE.REPLICA`.
    package var instance: String { String(run.prefix { $0 != "/" }) }
}

extension ProcessTable {
    /// The variable that every service gets and hands on to what it starts: `STATE-ROOT:SERVICE.REPLICA/RUN`.
    package static let markVariable = "MSCTL_RUN"

    package static func mark(stateRoot: FilePath, instance: String, run: Int) -> String {
        "\(stateRoot):\(instance)/\(run)"
    }

    /// Every living process that carries the project's mark, optionally of one run (`SERVICE.REPLICA/RUN`) only. A process
    /// that cleared its environment is not found this way; its shim finds it as a descendant.
    package static func marked(by stateRoot: FilePath, run: String? = nil) -> [MarkedProcess] {
        let prefix = Array("\(markVariable)=\(stateRoot):".utf8)
        return ProcFile.numbers(in: "/proc").compactMap { pid in
            guard let environment = ProcFile.bytes("/proc/\(pid)/environ", limit: 1 << 22),
                let found = ProcFile.entry(prefix, in: environment), run == nil || run == found
            else { return nil }
            guard let stat = stat(of: pid), stat.state != "Z" else { return nil }
            return MarkedProcess(pid: pid, command: command(of: pid) ?? "?", run: found)
        }
    }
}
