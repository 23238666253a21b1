import CurlClient
import Manifest
import StateDirectory

/// `healthcheck.http`: GET on loopback over a connection of its own, so that accepting is part of the question.
struct HTTPCheck {
    let port: UInt16?
    let path: String
    let headers: [String: String]
    let expected: ClosedRange<Int>
    let timeout: Duration

    func ask(_ client: CurlClient?, at time: Int64) async -> ProbeReport {
        guard let port else { return .noPort(at: time) }
        guard let client else {
            return ProbeReport(
                time: time, outcome: .failed, latencyMilliseconds: 0, detail: "libcurl.so.4 cannot be loaded")
        }
        var request = CurlRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.headers = headers.map { ($0.key, $0.value) }
        request.connectTimeout = timeout
        request.timeout = timeout
        request.maximumBodyBytes = 64 << 10
        request.forbidReuse = true
        let watch = Stopwatch()
        let asked = "GET \(path) on port \(port)"
        do {
            let response = try await client.send(request)
            let passed = expected.contains(response.status)
            return ProbeReport(
                time: time, outcome: passed ? .passed : .wrongStatus, latencyMilliseconds: watch.milliseconds,
                detail: "\(asked): status \(response.status)",
                body: String(decoding: response.body.prefix(200), as: UTF8.self))
        } catch {
            let outcome: ProbeReport.Outcome
            switch error {
            case .refused: outcome = .refused
            case .timedOut: outcome = .timedOut
            default: outcome = .failed
            }
            let what = outcome == .timedOut ? "no answer within \(timeout.milliseconds) ms" : error.description
            return ProbeReport(
                time: time, outcome: outcome, latencyMilliseconds: watch.milliseconds, detail: "\(asked): \(what)")
        }
    }
}
