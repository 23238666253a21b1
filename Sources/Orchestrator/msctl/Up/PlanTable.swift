import ControlAPI
import StateDirectory

/// The plan for people.
enum PlanTable {
    static func rendered(_ outcome: DryRun.Outcome, style: Style) -> String {
        var table = Table([.left("NAME"), .left("ACTION"), .left("WHY")])
        for unit in outcome.builds {
            table.add([
                Table.Cell(unit.name), Table.Cell("build") { $0.yellow($1) },
                Table.Cell("for \(unit.services.joined(separator: ", "))"),
            ])
        }
        for change in outcome.changes {
            table.add([
                Table.Cell(change.instance.description),
                Table.Cell(change.action.rawValue) { $0.paint($1, change.action.tone) },
                Table.Cell(change.reasons.joined(separator: "; ")),
            ])
        }
        return table.rendered(style)
    }
}

extension Plan.Action {
    fileprivate var tone: Tone {
        switch self {
        case .start: .well
        case .replace, .roll: .busy
        case .stop: .ill
        case .none: .idle
        }
    }
}
