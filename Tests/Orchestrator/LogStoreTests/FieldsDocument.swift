import Foundation
import Testing

/// docs/log-fields.md, as a reader has it.
struct FieldsDocument {
    private let lines: [String]

    init() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        lines = try String(contentsOf: root.appending(path: "docs/log-fields.md"), encoding: .utf8)
            .components(separatedBy: "\n")
    }

    /// The cells of a section's table, without its head.
    func table(_ section: String) throws -> [[String]] {
        let start = try #require(lines.firstIndex(of: "## \(section)"), "there is no section \(section)")
        let rows = lines[start...].drop { !$0.hasPrefix("|---") }.dropFirst().prefix { $0.hasPrefix("|") }
        return rows.map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What of a cell stands between backticks.
    static func words(_ cell: String) -> [String] {
        cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    /// The numbers of `10–19`.
    static func numbers(_ cell: String) -> [Int] {
        let ends = cell.split(separator: "–").compactMap { Int($0) }
        return ends.count == 2 ? Array(ends[0]...ends[1]) : []
    }
}
