import ProcessTable
import StateDirectory
import TestSupport

extension ProjectUnderTest {
    var reader: StateReader { StateReader(layout: layout) }

    /// What state.db and the disk say of an instance, `SERVICE.REPLICA`; nil when there is none of that name.
    func status(of instance: String) throws -> InstanceStatus? {
        try reader.statuses().first { $0.instance.description == instance }
    }

    func state(_ instance: String) throws -> InstanceState? { try status(of: instance)?.state }

    /// Every process below a shim of the project, also those that hide their mark.
    var family: [FamilyMember] {
        let shims = layout.instances.compactMap { layout.allRuns(of: $0).last?.processes?.shim }
        return shims.flatMap { ProcessTable.tree(of: $0) }.compactMap { pid in
            ProcessTable.stat(of: pid).map { FamilyMember(pid: pid, startTicks: $0.startTicks) }
        }
    }
}

/// A process, not to be mistaken for one that got its number later.
struct FamilyMember {
    let pid: Int32
    let startTicks: UInt64

    var isAlive: Bool {
        guard let stat = ProcessTable.stat(of: pid), stat.state != "Z" else { return false }
        return stat.startTicks == startTicks
    }
}
