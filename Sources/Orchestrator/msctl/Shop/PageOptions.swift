import ArgumentParser

/// Which part of a list.
struct PageOptions: ParsableArguments {
    @Option(help: "How many at most.")
    var limit: Int?

    @Option(help: "Go on where the list before ended.")
    var cursor: String?

    var query: [(name: String, value: String)] {
        [("limit", limit.map { String($0) }), ("cursor", cursor)].compactMap { name, value in value.map { (name, $0) } }
    }
}
