/// The columns of `instances` beside the whole status: what `status` shows, read without decoding JSON, because a thousand
/// instances are to be listed in the time of a keystroke.
package enum InstanceColumns {
    package static let names = [
        "instance", "state", "run", "health", "pid", "port", "since", "restarts", "exit", "reason", "flags",
    ]

    static let select = "SELECT \(names.joined(separator: ", ")) FROM instances"

    /// The row of ``select`` as far as its columns tell; nil for a row that makes no sense.
    static func status(_ row: StateQuery.Row) throws(StateError) -> InstanceStatus? {
        guard let id = row.text(0).flatMap({ InstanceID($0) }), let state = row.text(1).flatMap(InstanceState.init)
        else { return nil }
        var status = InstanceStatus(instance: id, state: state, since: row.integer(6) ?? 0)
        status.run = Int(row.integer(2) ?? 0)
        status.health = row.text(3).flatMap(InstanceHealth.init) ?? .none
        status.pid = row.integer(4).map { Int32(truncatingIfNeeded: $0) }
        status.port = row.integer(5).map { UInt16(truncatingIfNeeded: $0) }
        status.restarts = Int(row.integer(7) ?? 0)
        status.exit = row.text(8).flatMap(exit)
        status.reason = row.text(9)
        let flags = Flags(rawValue: Int(row.integer(10) ?? 0))
        status.wanted = flags.contains(.wanted)
        status.leaving = flags.contains(.leaving)
        status.settled = flags.contains(.settled)
        status.isSurge = flags.contains(.surge)
        return status
    }

    /// The members of an instance that are Booleans.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let wanted = Flags(rawValue: 1)
        package static let leaving = Flags(rawValue: 2)
        package static let settled = Flags(rawValue: 4)
        package static let surge = Flags(rawValue: 8)

        package init(_ status: InstanceStatus) {
            self = []
            if status.wanted { insert(.wanted) }
            if status.leaving { insert(.leaving) }
            if status.settled { insert(.settled) }
            if status.isSurge { insert(.surge) }
        }
    }

    /// `code 3`, `signal 9`, `unknown`.
    package static func text(_ exit: ExitStatus) -> String {
        switch exit {
        case .code(let code): "code \(code)"
        case .signal(let signal): "signal \(signal)"
        case .unknown: "unknown"
        }
    }

    private static func exit(_ text: String) -> ExitStatus? {
        if text == "unknown" { return .unknown }
        let words = text.split(separator: " ")
        guard words.count == 2, let number = Int32(words[1]) else { return nil }
        return words[0] == "code" ? .code(number) : .signal(number)
    }
}
