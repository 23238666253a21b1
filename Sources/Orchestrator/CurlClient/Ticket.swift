import Synchronization

/// Names one transfer from outside its thread. Cancelling may come before the thread has seen the request: the flag is
/// read when the transfer starts, so neither order loses it.
final class Ticket: Sendable {
    private let flag = Atomic<Bool>(false)

    var isCancelled: Bool { flag.load(ordering: .acquiring) }

    func cancel() { flag.store(true, ordering: .releasing) }
}
