import ControlAPI
import Synchronization

/// What a server says on each connection in turn; the last again and again.
final class Streams: Sendable {
    private let rest: Mutex<[[WatchLine]]>

    init(_ streams: [[WatchLine]]) { rest = Mutex(streams) }

    func next() -> [WatchLine] {
        rest.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
    }
}
