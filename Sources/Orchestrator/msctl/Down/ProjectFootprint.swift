import Manifest
import ProcessTable
import StateDirectory

/// What a project holds while it runs; taken before `down`, to look for it afterwards.
struct ProjectFootprint {
    let ports: Set<UInt16>
    let pids: Set<Int32>

    /// - Parameter services: only what belongs to these; everything for none.
    static func read(_ layout: StateLayout, services: [String]) throws(CommandFailure) -> ProjectFootprint {
        let reader = StateReader(layout: layout)
        let isWanted: (String) -> Bool = { services.isEmpty || services.contains($0) }
        let statuses = try CommandFailure.reading { () throws(StateError) in try reader.statuses() }
            .filter { isWanted($0.instance.service) }
        let project = try CommandFailure.reading { () throws(StateError) in try reader.project() }
        let declared = project?.services.filter { isWanted($0.name) }.flatMap(\.ports).compactMap(\.number) ?? []
        return ProjectFootprint(
            ports: Set(declared).union(statuses.compactMap(\.port)),
            pids: Set(statuses.compactMap(\.pid).flatMap { ProcessTable.tree(of: $0) }))
    }
}

extension PortSpec {
    fileprivate var number: UInt16? {
        switch self {
        case .fixed(let port): port
        case .auto: nil
        }
    }
}
