import Foundation

/// Holds a thread of the test server up until the test lets it go.
package final class Gate: @unchecked Sendable {
    // `isOpen` is touched under the condition only, which may be used from any thread.
    private let condition = NSCondition()
    private nonisolated(unsafe) var isOpen = false

    package init() {}

    package func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }

    package func wait() {
        condition.lock()
        while !isOpen { condition.wait() }
        condition.unlock()
    }
}
