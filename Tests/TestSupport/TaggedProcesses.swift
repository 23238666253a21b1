import ProcessTable

extension Processes {
    /// The living processes with a word in their command line, whatever became of their parents, session and environment.
    package static func tagged(_ tag: String) -> [Int32] {
        ProcessTable.all.filter { pid in
            isAlive(pid) && ProcessTable.command(of: pid)?.contains(tag) == true
        }
    }
}
