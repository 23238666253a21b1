import LogStore

/// Rows with aligned columns, two blanks apart, never wrapped. Colour is put on after the widths are known.
struct Table {
    struct Column {
        let title: String
        var alignsRight = false
        /// Left out where the table is too wide: the empty ones first, then from the left.
        var givesWay = false

        static func left(_ title: String) -> Column { Column(title: title) }
        static func right(_ title: String, givesWay: Bool = false) -> Column {
            Column(title: title, alignsRight: true, givesWay: givesWay)
        }
    }

    struct Cell: ExpressibleByStringLiteral {
        let text: String
        var paint: @Sendable (Style, String) -> String = { _, text in text }

        init(_ text: String) { self.text = Self.printable(text) }
        init(stringLiteral text: String) { self.init(text) }
        init(_ text: String, paint: @escaping @Sendable (Style, String) -> String) {
            self.init(text)
            self.paint = paint
        }

        /// Foreign text on one line, with nothing in it that a terminal obeys.
        private static func printable(_ text: String) -> String {
            let isBreak: (Unicode.Scalar) -> Bool = { $0 == "\n" || $0 == "\t" || $0 == "\r" }
            guard text.unicodeScalars.contains(where: isBreak) else { return TerminalText.shown(text) }
            let line = String.UnicodeScalarView(text.unicodeScalars.map { isBreak($0) ? " " : $0 })
            return TerminalText.shown(String(line))
        }
    }

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// The last column keeps so much of its text when others can give way.
    private static let keptOfLast = 24

    /// The same table with as many of the columns that can give way as there is room for.
    func fitted(to room: Int) -> Table {
        var table = self
        while table.columnsAtLeast > room, let index = table.firstToGive { table.remove(index) }
        return table
    }

    /// How wide it is when no more than `keptOfLast` is asked of the last column.
    private var columnsAtLeast: Int {
        let widths = widths
        let last = min(widths.last ?? 0, max(columns.last?.title.count ?? 0, Self.keptOfLast))
        return widths.dropLast().reduce(0) { $0 + $1 + 2 } + last
    }

    private var firstToGive: Int? {
        let candidates = columns.indices.filter { columns[$0].givesWay }
        return candidates.first { index in rows.allSatisfy { $0[index].text.isEmpty } } ?? candidates.first
    }

    private mutating func remove(_ index: Int) {
        var columns = columns
        columns.remove(at: index)
        var table = Table(columns)
        for var row in rows {
            row.remove(at: index)
            table.add(row)
        }
        self = table
    }

    private var widths: [Int] {
        columns.indices.map { index in
            max(columns[index].title.count, rows.map { $0[index].text.count }.max() ?? 0)
        }
    }

    /// - Parameter width: where lines are cut, in columns; nil for nowhere.
    func rendered(_ style: Style, width: Int? = nil) -> String {
        let widths = widths
        let header = line(columns.map { Cell($0.title, paint: { $0.dim($1) }) }, widths, style, width ?? .max)
        return ([header] + rows.map { line($0, widths, style, width ?? .max) }).joined(separator: "\n")
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style, _ limit: Int) -> String {
        var line = ""
        var room = limit
        // Blanks are held back until something follows them, so no line ends in blanks.
        var pending = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - cell.text.count)
            if columns[index].alignsRight { pending += padding }
            if !cell.text.isEmpty {
                room -= pending.count
                guard room > 0 else { break }
                line += pending + cell.paint(style, Self.cut(cell.text, to: room))
                room -= cell.text.count
                pending = ""
            }
            pending += (columns[index].alignsRight ? "" : padding) + "  "
        }
        return line
    }

    private static func cut(_ text: String, to room: Int) -> String {
        text.count <= room ? text : text.prefix(room - 1) + "…"
    }
}
