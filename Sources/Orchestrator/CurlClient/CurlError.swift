/// Why a request has no answer. An answer of any status is an answer, not an error.
package enum CurlError: Error, Sendable, Hashable {
    /// libcurl cannot be loaded; what the loader said.
    case libraryMissing(String)
    /// Nobody listens there (or on the unix socket); what libcurl said.
    case refused(String)
    /// The host's name means nothing.
    case resolve(String)
    /// Neither connected nor answered in the time allowed.
    case timedOut
    /// The connection broke before the answer was complete.
    case interrupted(String)
    /// The answer, or one line of it, or what the reader has not taken yet, is larger than allowed; the limit in bytes.
    case tooLarge(limit: Int)
    /// The task that asked was cancelled, or the client was ended.
    case cancelled
    /// Anything else, by libcurl's number.
    case other(code: Int32, message: String)
}

extension CurlError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .libraryMissing(let reason):
            "libcurl cannot be loaded (Debian and Ubuntu: apt install libcurl4): \(reason)"
        case .refused(let message), .resolve(let message), .interrupted(let message): message
        case .timedOut: "no answer in time"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .cancelled: "cancelled"
        case .other(let code, let message): "\(message) (curl \(code))"
        }
    }
}
