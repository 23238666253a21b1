import CLinux

/// What the kernel says of processes (proc(5)). Every answer may be out of date the moment it is given; what must not race
/// goes by locks and pidfds instead.
package enum ProcessTable {
    /// Identifies this boot: numbers of processes mean nothing across it.
    package static let bootID: String =
        ProcFile.text("/proc/sys/kernel/random/boot_id")?.trimmingSuffix("\n") ?? "unknown"

    /// Every process number there is.
    package static var all: [Int32] { ProcFile.numbers(in: "/proc") }

    /// Program and arguments separated by spaces; nil when there is no such process.
    package static func command(of pid: Int32) -> String? {
        guard let bytes = ProcFile.bytes("/proc/\(pid)/cmdline"), !bytes.isEmpty else {
            return ProcFile.text("/proc/\(pid)/comm")?.trimmingSuffix("\n")
        }
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.joined(separator: " ")
    }

    /// The file that it executes, if this process may know.
    package static func program(of pid: Int32) -> String? { ProcFile.link("/proc/\(pid)/exe") }

    /// Parent, session, state, start time and processor time from /proc/PID/stat.
    package static func stat(of pid: Int32) -> ProcessStat? {
        // The name in parentheses may have any character, these too.
        guard let bytes = ProcFile.bytes("/proc/\(pid)/stat"), let name = bytes.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let fields = bytes[(name + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 22)
        guard fields.count > 21, let state = fields[0].first, let parent = ProcFile.number(fields[1]),
            let session = ProcFile.number(fields[3]), let user = ProcFile.number(fields[11]),
            let system = ProcFile.number(fields[12]), let reapedUser = ProcFile.number(fields[13]),
            let reapedSystem = ProcFile.number(fields[14]), let start = ProcFile.number(fields[19]),
            let pages = ProcFile.number(fields[21])
        else { return nil }
        return ProcessStat(
            state: Character(Unicode.Scalar(state)), parent: Int32(clamping: parent), session: Int32(clamping: session),
            processorTicks: user + system, reapedTicks: reapedUser + reapedSystem, startTicks: start,
            residentPages: pages)
    }

    /// The children that the kernel lists for a process, over all its threads.
    package static func children(of pid: Int32) -> [Int32] {
        ProcFile.numbers(in: "/proc/\(pid)/task").flatMap { thread in
            (ProcFile.bytes("/proc/\(pid)/task/\(thread)/children") ?? []).split(separator: UInt8(ascii: " "))
                .compactMap { ProcFile.number($0).map { Int32(clamping: $0) } }
        }
    }

    /// The process and all its descendants.
    package static func tree(of pid: Int32) -> [Int32] {
        var tree = [pid]
        var next = 0
        while next < tree.count, tree.count < 100_000 {
            tree += children(of: tree[next])
            next += 1
        }
        return tree
    }

    /// Every process of a session, zombies left out.
    package static func members(ofSession session: Int32) -> [Int32] {
        members(ofSessions: [session]).map(\.pid)
    }

    /// Every process of some sessions with its session, zombies left out; all by one look at /proc.
    package static func members(ofSessions sessions: Set<Int32>) -> [(pid: Int32, session: Int32)] {
        guard !sessions.isEmpty else { return [] }
        return ProcFile.numbers(in: "/proc").compactMap { pid in
            guard let stat = stat(of: pid), sessions.contains(stat.session), stat.state != "Z" else { return nil }
            return (pid, stat.session)
        }
    }
}

package struct ProcessStat: Sendable {
    package let state: Character
    package let parent: Int32
    package let session: Int32
    /// User and system time, in ticks of 1/100 s.
    package let processorTicks: UInt64
    /// Of children that have ended and were waited for, and of theirs.
    package let reapedTicks: UInt64
    /// Since boot, in ticks of 1/100 s.
    package let startTicks: UInt64
    package let residentPages: UInt64
}

extension String {
    func trimmingSuffix(_ suffix: Character) -> String {
        last == suffix ? String(dropLast()) : self
    }
}
