import ControlAPI
import StateDirectory

/// `msctl.plan/1`.
struct PlanDocument: Encodable {
    let schema = "msctl.plan/1"
    let project: String
    let builds: [Build]
    let changes: [Change]

    struct Build: Encodable {
        let name: String
        let services: [String]
    }

    struct Change: Encodable {
        let service: String
        let instance: String
        let action: Plan.Action
        let reasons: [String]
    }

    init(_ outcome: DryRun.Outcome) {
        project = outcome.project
        builds = outcome.builds.map { Build(name: $0.name, services: $0.services) }
        changes = outcome.changes.map { change in
            Change(
                service: change.instance.service, instance: change.instance.description, action: change.action,
                reasons: change.reasons)
        }
    }
}
