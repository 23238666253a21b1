/// Rights of this process that root usually has and a container often takes away (capabilities(7)), by their numbers.
enum Capability: Int {
    case setGroup = 6
    case setUser = 7
    /// Raising hard limits.
    case resources = 24

    var isHeld: Bool { Self.effective & (1 << UInt64(rawValue)) != 0 }

    /// Those of the whole process do not change while it runs.
    private static let effective: UInt64 = {
        let line = KernelFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    }()
}
