import Manifest
import StateDirectory
import SystemPackage

/// Prints the events of a query, and goes on with what comes.
struct EventsRun {
    let layout: StateLayout
    let query: EventQuery
    let format: OutputFormat
    let console: Console

    func read() throws(CommandFailure) {
        let reader = StateReader(layout: layout)
        try check(reader, knownOnly: true)
        let events = try CommandFailure.reading { () throws(StateError) in try reader.events(query) }
        let printer = try printer(reader, events)
        for event in events { console.result(printer.line(event)) }
    }

    /// Returns only when it fails; Ctrl-C ends the program.
    func follow() throws(CommandFailure) {
        let reader = StateReader(layout: layout)
        // What follows may be the first of all.
        try check(reader, knownOnly: false)
        let follower = try CommandFailure.watching { () throws(StateError) in
            try EventFollower(layout: layout, query: query)
        }
        while true {
            let events = try CommandFailure.watching { () throws(StateError) in try follower.next() }
            let printer = try printer(reader, events)
            for event in events { console.result(printer.line(event)) }
        }
    }

    private func printer(_ reader: StateReader, _ events: [StoredEvent]) throws(CommandFailure) -> EventPrinter {
        let known = try CommandFailure.reading { () throws(StateError) in try reader.statuses() }
        let names = known.map(\.instance.description) + events.map(\.instance)
        return EventPrinter(
            format: format, style: console.outputStyle, columns: names.map(\.count).max() ?? 0)
    }

    /// Refuses names that nothing here has or had.
    private func check(_ reader: StateReader, knownOnly: Bool) throws(CommandFailure) {
        let project = try CommandFailure.reading { () throws(StateError) in try reader.project() }
        guard let project else {
            if knownOnly { throw .nothingRunning("nothing has run here yet", hint: "msctl up") }
            return
        }
        guard !query.services.isEmpty else { return }
        // What is gone has its events still.
        let known = try CommandFailure.reading { () throws(StateError) in
            try reader.statuses().map(\.instance) + reader.events().compactMap { InstanceID($0.instance) }
        }
        try KnownNames(project, instances: Array(Set(known)), layout: layout).check(query.services)
    }
}

extension CommandFailure {
    /// Reads the state directory as it changes.
    static func watching<Value>(_ body: () throws(StateError) -> Value) throws(CommandFailure) -> Value {
        do {
            return try body()
        } catch .watch(let path, .noSpace) {
            throw .failed(
                "there are too many inotify watches to watch \(path)", hint: "raise fs.inotify.max_user_watches")
        } catch .watch(let path, .tooManyOpenFiles) {
            throw .failed(
                "there are too many inotify instances to watch \(path)", hint: "raise fs.inotify.max_user_instances")
        } catch {
            throw CommandFailure(error)
        }
    }
}
