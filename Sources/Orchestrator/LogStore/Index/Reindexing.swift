import StateDirectory

/// Making the index anew, here and now, whether a daemon runs or not: what it does meanwhile and what is done here are held
/// against each other in every transaction.
package enum Reindexing {
    /// How many milliseconds it waits for its turn. Another reindexing writes a whole run, of any size, at a time, and
    /// may have the next one before we see that it was free.
    private static let patience: Int32 = 600_000

    /// Forgets and makes again what can be made from the files of these services; empty is all. Blocks while it reads.
    package static func run(_ layout: StateLayout, services: [String]) throws(LogError) -> IndexedAmount {
        var query = LogQuery()
        query.services = services
        query.runs = .all
        let selection = LogSelection(layout: layout, query: query)
        try selection.check()
        var runs: [RunDirectory] = []
        for instance in selection.instances { runs += layout.allRuns(of: instance) }
        do {
            let writer = try IndexWriter(layout, patience: patience)
            let indexer = RunIndexer(writer)
            for run in runs {
                // A run is forgotten and made again in one transaction: whoever is killed here leaves the index as it was,
                // and a daemon looks at runs that are over no more.
                try writer.connection.together {
                    for file in run.logFiles { try writer.resetBlocks(of: file) }
                    var rest: Set = [run]
                    while !rest.isEmpty { rest = try indexer.look(at: rest) }
                }
            }
            return indexer.all
        } catch let error as LogError {
            throw error
        } catch {
            throw .index("\(error)")
        }
    }
}
