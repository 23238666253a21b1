import CLinux
import FoundationEssentials
import Synchronization

/// Gives back what only starting needed: a daemon that runs for weeks should weigh what it does, not what it once did.
///
/// Parsing a project, migrating a database and setting up a server touch most of the program's text, which then counts as
/// resident although it is never used again. Once things have been quiet for a second the pages are unmapped
/// (madvise(2), MADV_DONTNEED on mappings that cannot be written, so nothing is lost): those that are used come back from
/// the page cache one by one, without a disk. The heap's free pages go too (malloc_trim(3)).
final class MemoryRelief: Sendable {
    private let pending = Mutex<Task<Void, Never>?>(nil)

    /// Something large has just been done; waits for a second without another call.
    func schedule() {
        pending.withLock { task in
            task?.cancel()
            task = Task {
                // Cancelled means: more is being done.
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                Self.run()
            }
        }
    }

    static func run() {
        clinux_trim_heap()
        for mapping in programText() {
            guard let address = UnsafeMutableRawPointer(bitPattern: mapping.lowerBound) else { continue }
            madvise(address, mapping.count, MADV_DONTNEED)
        }
    }

    /// The executable, unwritable mappings of files, from /proc/self/maps.
    private static func programText() -> [Range<UInt>] {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return [] }
        return maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 ? ends[0]..<ends[1] : nil
        }
    }
}
