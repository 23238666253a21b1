import CurlClient
import Manifest
import StateDirectory

/// Errors of the parts below become failures of the command here, and nowhere else.
extension CommandFailure {
    init(_ errors: ManifestErrors) {
        let problems = errors.problems
        self =
            problems.count == 1 && problems[0].file == nil
            ? .manifest(problems[0].message, hint: problems[0].hint)
            : .manifest(
                problems.count == 1 ? "the manifest is wrong" : "the manifests have \(problems.count) mistakes",
                details: problems.map(\.description))
    }

    init(_ error: StateError) {
        self = .failed("the state directory cannot be used: \(error)")
    }

    /// `peer` completes "… does not answer".
    init(_ error: CurlError, peer: String) {
        switch error {
        case .libraryMissing: self = .failed("\(error)")
        case .refused, .resolve, .interrupted, .other: self = .unreachable("\(peer) does not answer: \(error)")
        case .timedOut: self = .timedOut("\(peer) does not answer in time")
        case .tooLarge: self = .unreachable("\(peer): \(error)")
        case .cancelled: self = .failed("cancelled")
        }
    }

    /// Reads the state directory.
    static func reading<Value>(_ body: () throws(StateError) -> Value) throws(CommandFailure) -> Value {
        do {
            return try body()
        } catch {
            throw CommandFailure(error)
        }
    }
}
