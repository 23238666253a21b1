import Logging
import Synchronization

/// Fields that a handler adds to the access-log line of its request, such as where the answer came from.
package final class AccessNotes: Sendable {
    private let noted = Mutex<Logger.Metadata>([:])

    package init() {}

    package subscript(name: String) -> Logger.MetadataValue? {
        get { noted.withLock { $0[name] } }
        set { noted.withLock { $0[name] = newValue } }
    }

    var fields: Logger.Metadata { noted.withLock(\.self) }
}
