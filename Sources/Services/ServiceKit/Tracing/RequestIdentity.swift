import Foundation
import HTTPTypes

/// By what the log lines and outgoing calls of one piece of work are recognised.
package struct RequestIdentity: Sendable, Equatable {
    package let trace: TraceContext
    package let requestID: String
    /// What the systems the trace passed want to find again; nil when there is nothing, or the trace begins here.
    package let traceState: TraceState?

    package init(trace: TraceContext, requestID: String, traceState: TraceState? = nil) {
        self.trace = trace
        self.requestID = requestID
        self.traceState = traceState
    }

    /// The work this task does. Set for every request; background work sets its own with
    /// `RequestIdentity.$current.withValue(.fresh())`.
    @TaskLocal package static var current: RequestIdentity?

    /// In the place of one that is set later.
    static let none = RequestIdentity(trace: .none, requestID: "")

    /// For work that nobody asked for from outside.
    package static func fresh() -> RequestIdentity {
        RequestIdentity(trace: .fresh(), requestID: newRequestID())
    }

    /// For a request with these headers. What is hostile or absent is replaced, never passed on.
    package static func of(traceparent: String?, requestID: String?) -> RequestIdentity {
        RequestIdentity(
            trace: traceparent.flatMap(TraceContext.continuing) ?? .fresh(),
            requestID: requestID.flatMap { isAcceptable($0) ? $0 : nil } ?? newRequestID())
    }

    /// For a request with these headers. Two `traceparent` headers are as good as none, and a `tracestate` belongs to
    /// the trace that is continued.
    package static func of(_ headers: HTTPFields) -> RequestIdentity {
        of(
            traceparents: headers[values: .traceparent], requestIDs: headers[values: .requestID],
            traceStates: headers[values: .tracestate])
    }

    /// The same for the values of `traceparent`, `X-Request-Id` and `tracestate`, of each as many as there are.
    package static func of(traceparents: [String], requestIDs: [String], traceStates: [String]) -> RequestIdentity {
        let requestID = requestIDs.count == 1 && isAcceptable(requestIDs[0]) ? requestIDs[0] : newRequestID()
        guard traceparents.count == 1, let trace = TraceContext.continuing(traceparents[0]) else {
            return RequestIdentity(trace: .fresh(), requestID: requestID)
        }
        return RequestIdentity(
            trace: trace, requestID: requestID, traceState: traceStates.isEmpty ? nil : TraceState(traceStates))
    }

    private static func newRequestID() -> String {
        var numbers = TraceNumbers()
        return UUID.random(&numbers).text
    }

    /// One call that this work makes.
    package func child() -> RequestIdentity {
        RequestIdentity(trace: trace.child(), requestID: requestID, traceState: traceState)
    }

    /// 1 to 128 of `A–Z a–z 0–9 . _ -`: safe in a header, a log and a shell.
    private static func isAcceptable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
