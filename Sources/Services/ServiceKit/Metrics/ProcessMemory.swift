import Foundation

/// What this process and this machine use of memory, in bytes, read from /proc when asked.
package enum ProcessMemory {
    /// Pages of this process that are in memory; 0 where /proc is not mounted.
    package static func resident() -> Int {
        let fields = contents("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The machine's memory.
    package static func machine() -> Int {
        sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
