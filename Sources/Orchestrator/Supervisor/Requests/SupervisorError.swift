import StateDirectory

/// Why a request cannot be carried out.
package enum SupervisorError: Error {
    case unknownService(String)
    /// It is being replaced by start-first; the request makes no sense until that has ended.
    case isBeingReplaced(String)
    /// The process to be attached to has ended, or its number belongs to another by now.
    case attachedProcessHasEnded(Int32)
    case state(StateError)

    package var message: String {
        switch self {
        case .unknownService(let name): "there is no service '\(name)' in what runs"
        case .isBeingReplaced(let name): "\(name) is being replaced just now; try again when that is done"
        case .attachedProcessHasEnded(let pid): "process \(pid) has ended; there is nothing to be attached to"
        case .state(let error): error.description
        }
    }
}
