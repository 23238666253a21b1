import CLinux
import Dispatch
import ProcessTable
import Synchronization

/// Whose port it is that answered.
enum PortOwnership: Sendable, Hashable {
    /// A process of the run's tree listens there, or msctl itself for it.
    case own
    /// Who listens there, as a phrase.
    case foreign(String)
    /// The kernel does not say: nobody listens there now, or some of the tree may not be looked at.
    case unknown
}

/// Finds out whose ports answered: on a thread of its own, for all who ask at the same time with one look at the kernel's
/// table.
final class PortOwnershipCheck: Sendable {
    struct Question: Sendable {
        let port: UInt16
        /// The shim, whose descendants are the run's tree.
        let shim: Int32
        let answer: @Sendable (PortOwnership) -> Void
    }

    private let thread = DispatchQueue(label: "port owners")
    private let waiting = Mutex<[Question]>([])

    func ask(_ question: Question) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(question)
            return waiting.count == 1
        }
        if isFirst { thread.async { self.answerAll() } }
    }

    private func answerAll() {
        let questions = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        let listeners = Listeners()
        for question in questions { question.answer(Self.ownership(question, listeners)) }
    }

    private static func ownership(_ question: Question, _ listeners: Listeners) -> PortOwnership {
        let answering = listeners.onLoopback(question.port)
        var left = Set(answering.map(\.inode))
        guard !left.isEmpty else { return .unknown }
        var isTreeKnown = true
        // The tree, then the daemon itself: it holds the sockets that it hands to services.
        for pid in ProcessTable.tree(of: question.shim) + [getpid()] {
            guard let sockets = ProcessTable.sockets(of: pid) else {
                isTreeKnown = isTreeKnown && ProcessTable.stat(of: pid) == nil
                continue
            }
            left.subtract(sockets)
            if left.isEmpty { return .own }
        }
        if let owner = ProcessTable.owner(ofAnyOf: left) {
            return .foreign("process \(owner.pid) (\(owner.command))")
        }
        guard isTreeKnown, let user = answering.first(where: { left.contains($0.inode) })?.user else { return .unknown }
        return .foreign("a process of user \(user)")
    }
}
