import ArgumentParser

/// Which part of a list.
struct PageOptions: ParsableArguments {
    @Option(
        help: "How many at most, the API's page without it (with --quiet, all); with --all, how many at a time.")
    var limit: Int?

    @Option(help: "Go on where the list before ended.")
    var cursor: String?

    @Flag(help: "All there are, however many pages that takes.")
    var all = false

    /// The API gives no more at a time.
    static let largestPage = 100

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is a number from 1.") }
    }

    /// The same for a command that prints ids alone: it prints all of them, unless it is told how many, since nothing in
    /// what it prints could say that there are more.
    func complete(_ global: GlobalOptions) -> PageOptions {
        var page = self
        if global.shared.quiet, global.format == .table, limit == nil { page.all = true }
        return page
    }

    /// Whether any of it was given.
    var isGiven: Bool { limit != nil || cursor != nil || all }

    /// How many are wanted in all; nil for what comes: everything, or one page as large as the API likes.
    var wanted: Int? { all ? nil : limit }

    /// How many to ask for next, when there are `count` already; nil for as many as the API likes.
    func size(after count: Int) -> Int? {
        if all { return min(limit ?? Self.largestPage, Self.largestPage) }
        return limit.map { min($0 - count, Self.largestPage) }
    }
}
