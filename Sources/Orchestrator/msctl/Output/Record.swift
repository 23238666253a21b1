/// One thing with its members below each other, for `show`.
struct Record {
    private var members: [(name: String, value: String)] = []

    init(_ members: [(name: String, value: String?)]) {
        for case (let name, let value?) in members where !value.isEmpty { self.members.append((name, value)) }
    }

    func rendered(_ style: Style) -> String {
        let width = members.map(\.name.count).max() ?? 0
        return members.map { name, value in
            style.dim(name) + String(repeating: " ", count: width - name.count) + "  " + Table.Cell(value).text
        }.joined(separator: "\n")
    }
}
