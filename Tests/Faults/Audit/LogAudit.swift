import Foundation
import StateDirectory
import SystemPackage

/// Reads the numbered lines of fixture services as they grow and says where one is missing, doubled or another's.
struct LogAudit {
    private struct Reading {
        var offset: UInt64 = 0
        var lines = 0
        /// What stands behind the last line's end.
        var rest: [UInt8] = []
        var isOver = false
    }

    private let layout: StateLayout
    private var readings: [FilePath: Reading] = [:]

    /// Numbered lines read so far.
    var lines: Int { readings.values.reduce(0) { $0 + $1.lines } }

    init(_ layout: StateLayout) { self.layout = layout }

    /// Reads on in a run's out.log. `end` is how the run ended, nil while it lives.
    mutating func findings(_ run: RunDirectory, end: ExitStatus?) throws -> [String] {
        var reading = readings[run.path] ?? Reading()
        if reading.isOver { return [] }
        let name = "\(run.instance)/\(run.run)"
        // Before the log: lines that are noted now must be in what is read next.
        let noted = noted(run)
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: run.standardOutput.string))
            defer { try? file.close() }
            try file.seek(toOffset: reading.offset)
            bytes = try file.readToEnd() ?? Data()
        } catch {
            return ["\(name) has no readable out.log: \(error)"]
        }
        reading.offset += UInt64(bytes.count)
        var findings: [String] = []
        var lines = (reading.rest + bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        reading.rest = Array(lines.removeLast())
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("grandchild ") { continue }
            reading.lines += 1
            if text != Self.line(name, reading.lines) {
                findings.append("\(name), line \(reading.lines) of out.log is \(text)")
                break
            }
        }
        if reading.lines < noted { findings.append("\(name) wrote \(noted) lines, out.log has \(reading.lines)") }
        if let end {
            reading.isOver = true
            if !isPlausible(rest: reading.rest, name, reading.lines, end) {
                findings.append("out.log of \(name) ends with \(String(decoding: reading.rest, as: UTF8.self))")
            }
        }
        readings[run.path] = reading
        return findings
    }

    /// What FixtureService writes as its line of that number.
    private static func line(_ run: String, _ number: Int) -> String {
        #"{"level":"info","message":"line","run":"\#(run)","number":\#(number)}"#
    }

    /// Only a signal may cut a line, and then it is the next one's beginning.
    private func isPlausible(rest: [UInt8], _ name: String, _ lines: Int, _ end: ExitStatus) -> Bool {
        if rest.isEmpty { return true }
        if case .code = end { return false }
        return (Self.line(name, lines + 1) + "\n").utf8.starts(with: rest)
    }

    /// The number of the last line that the service knows it wrote; 0 when it noted none.
    private func noted(_ run: RunDirectory) -> Int {
        let file = layout.data(of: run.instance.service).appending("\(run.instance).\(run.run).count")
        guard let bytes = try? AtomicFile.read(file) else { return 0 }
        return Int(String(decoding: bytes, as: UTF8.self)) ?? 0
    }
}
