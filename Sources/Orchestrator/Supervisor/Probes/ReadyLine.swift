import CLinux
import StateDirectory
import SystemPackage

/// `ready_on.log`: reads what a run writes, from its first byte on, until a line matches.
struct ReadyLine {
    private let files: [FilePath]
    private let expression: Regex<AnyRegexOutput>
    private var offsets: [Int] = [0, 0]

    /// nil when the expression is none; manifests are checked for that when they are loaded.
    init?(_ pattern: String, run: RunDirectory) {
        guard let expression = try? Regex(pattern) else { return nil }
        self.expression = expression
        files = [run.standardOutput, run.standardError]
    }

    /// The first complete line that matches among those written since the last call.
    mutating func next() -> String? {
        for index in files.indices {
            let lines = completeLines(index)
            for line in lines where line.contains(expression) { return line }
        }
        return nil
    }

    private mutating func completeLines(_ index: Int) -> [String] {
        let file = clinux_open(files[index].string, O_RDONLY, 0)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, offsets[index]) }
        guard count > 0 else { return [] }
        let read = bytes[..<count]
        guard let end = read.lastIndex(of: 0x0A) else {
            if count == bytes.count { offsets[index] += count }  // A line of more than 1 MiB matches nothing.
            return []
        }
        offsets[index] += end + 1
        return read[..<end].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }
}
