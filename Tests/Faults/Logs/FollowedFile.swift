import SystemPackage

/// What a follower has written so far of the stdout of all runs, read as it grows and held against what the runs wrote.
final class FollowedFile {
    /// Of the lines of each run.
    private(set) var offsets: [String: [Int]] = [:]
    private(set) var lines = 0
    private(set) var findings: [String] = []
    private let path: FilePath
    private let written: [String: LogBytes]
    private var position: Int64 = 0

    init(_ path: FilePath, written: [String: LogBytes]) {
        self.path = path
        self.written = written
    }

    /// Reads what whole lines there are by now; whether there were any.
    func readOn() throws -> Bool {
        let before = position
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        try file.closeAfter {
            while try take(try piece(of: file)) {}
        }
        return position > before
    }

    private func piece(of file: FileDescriptor) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: 4 << 20) { buffer, filled in
            filled = try file.read(fromAbsoluteOffset: position, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Whether there was a whole line in it.
    private func take(_ piece: [UInt8]) throws -> Bool {
        guard let newline = piece.lastIndex(of: 0x0A) else { return false }
        LogBytes(bytes: Array(piece[...newline])).forEachLine { line, _ in take(line) }
        position += Int64(newline) + 1
        return true
    }

    private func take(_ text: UnsafeRawBufferPointer) {
        guard let line = FollowedLine(text) else {
            return note("the follower wrote \(String(decoding: text, as: UTF8.self))")
        }
        guard line.stream == "stdout" else { return }
        lines += 1
        offsets[line.runName, default: []].append(line.offset)
        guard written[line.runName]?.withLine(at: line.offset, line.carries) == true else {
            return note("\(line.runName) has no such line at \(line.offset): \(String(decoding: text, as: UTF8.self))")
        }
    }

    /// One is enough to fail, and there may be as many as lines.
    private func note(_ finding: String) { if findings.count < 10 { findings.append(finding) } }
}
