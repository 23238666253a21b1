import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// What the services of a project have written, byte for byte as it is in their files.
struct RawLog {
    struct Line {
        let service: String
        let bytes: Data
        /// nil when it is no JSON object.
        let object: [String: Any]?

        func string(_ member: String) -> String? { object?[member] as? String }
    }
    let lines: [Line]

    init(_ project: ProjectUnderTest) throws {
        var lines: [Line] = []
        let runs = project.layout.runs
        for name in try FileManager.default.subpathsOfDirectory(atPath: runs.string).sorted()
        where name.hasSuffix("/out.log") || name.hasSuffix("/err.log") {
            let instance = try #require(name.split(separator: "/").first.flatMap { InstanceID($0) })
            let text = try Data(contentsOf: URL(fileURLWithPath: runs.appending(name).string))
            #expect(text.isEmpty || text.last == 10, "\(name) ends in the middle of a line")
            lines += text.split(separator: 10, omittingEmptySubsequences: false).dropLast().map { bytes in
                let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
                return Line(service: instance.service, bytes: Data(bytes), object: object)
            }
        }
        self.lines = lines
    }

    func count(ofRequest id: String) -> Int { lines.count { $0.string("requestId") == id } }

    /// Each line is one JSON object of the service whose file it is in, and shows nothing to a terminal but text.
    func expectOneObjectALine(at location: SourceLocation = #_sourceLocation) {
        for line in lines {
            let text = String(decoding: line.bytes, as: UTF8.self)
            #expect(line.string("service") == line.service, "\(text.prefix(300))", sourceLocation: location)
            #expect(line.string("message") != nil && line.string("timestamp") != nil, sourceLocation: location)
            let isHarmful = text.unicodeScalars.contains { scalar in
                switch scalar.value {
                case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
            #expect(!isHarmful, "\(line.service): \(text.debugDescription.prefix(300))", sourceLocation: location)
        }
    }

    /// Each request has one trace, however many services have served it.
    func expectOneTraceARequest(at location: SourceLocation = #_sourceLocation) {
        var traces: [String: Set<String>] = [:]
        for line in lines {
            guard let request = line.string("requestId") else { continue }
            traces[request, default: []].insert(line.string("traceId") ?? "none")
        }
        #expect(!traces.isEmpty, sourceLocation: location)
        for (request, traces) in traces {
            #expect(traces.count == 1 && traces != ["none"], "\(request): \(traces)", sourceLocation: location)
        }
    }
}
