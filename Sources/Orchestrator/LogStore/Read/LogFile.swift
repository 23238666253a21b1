import Glibc
import StateDirectory
import SystemPackage

/// The two streams of a process.
package enum LogStream: String, Sendable, Hashable, CaseIterable {
    case stdout, stderr
}

/// One log file: one stream of one run. Shared by the lines that come from it.
package final class LogFile: Sendable {
    package let run: RunDirectory
    package let stream: LogStream
    /// The time of lines that come before any line with a time: when the run was set up.
    package let birth: LogTime

    package var path: FilePath { stream == .stdout ? run.standardOutput : run.standardError }

    package init(run: RunDirectory, stream: LogStream) {
        self.run = run
        self.stream = stream
        birth = Self.changeTime(run.spec) ?? Self.changeTime(run.path) ?? LogTime.now()
    }

    /// Its size now; 0 when it is not there (yet, or any more).
    package func size() throws(LogError) -> Int64 {
        do {
            return try Stat(path).size
        } catch Errno.noSuchFileOrDirectory {
            return 0
        } catch {
            throw .read(path, error)
        }
    }

    /// Its size now, and when it was last written; 0 when it is not there.
    func state() throws(LogError) -> (size: Int64, written: LogTime) {
        do {
            let stat = try Stat(path)
            return (
                stat.size,
                LogTime(seconds: Int64(stat.st_mtim.tv_sec), nanoseconds: Int64(stat.st_mtim.tv_nsec))
            )
        } catch Errno.noSuchFileOrDirectory {
            return (0, birth)
        } catch {
            throw .read(path, error)
        }
    }

    /// spec.json is written once, before the run starts; a directory's own time moves when files appear in it.
    private static func changeTime(_ path: FilePath) -> LogTime? {
        guard let stat = try? Stat(path) else { return nil }
        return LogTime(seconds: Int64(stat.st_mtim.tv_sec), nanoseconds: Int64(stat.st_mtim.tv_nsec))
    }
}

extension RunDirectory {
    /// Its two log files, stdout first.
    package var logFiles: [LogFile] { LogStream.allCases.map { LogFile(run: self, stream: $0) } }
}

/// What the state directory does not ask.
extension AtomicFile {
    static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }
}
