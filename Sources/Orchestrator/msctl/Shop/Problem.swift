import CurlClient
import FoundationEssentials

/// Problem details (RFC 9457), as the API tells what is wrong.
struct Problem: Decodable {
    struct Violation: Decodable {
        let pointer: String?
        let detail: String?
    }
    var type: String?
    var title: String?
    var detail: String?
    var traceId: String?
    var errors: [Violation]?

    /// Without members when the answer is no problem document.
    static func read(_ response: CurlResponse) -> Problem {
        (try? JSONDecoder().decode(Problem.self, from: Data(response.body))) ?? Problem()
    }

    /// The last part of `type`: what programs tell problems apart by. nil when the type says no more than the status.
    var slug: String? {
        guard let last = type?.split(separator: "/").last, last != "about:blank" else { return nil }
        return String(last)
    }

    /// Of a 401: whether another token might do. A wrong password stays wrong.
    var isAboutToken: Bool { slug != "wrong-credentials" }

    /// Of a 409: whether a request with the same key came before, and is not answered yet.
    var isAboutRunningRequest: Bool { slug == "request-in-progress" }

    /// One line for each member that is wrong.
    var violations: [String] {
        (errors ?? []).map { violation in
            Table.Cell([violation.pointer, violation.detail].compactMap(\.self).joined(separator: ": ")).text
        }
    }

    /// What is wrong, what programs call it, and where to find it in the logs: `it was changed meanwhile (412
    /// precondition-failed, request 4bf9…)`.
    func sentence(_ response: CurlResponse, subject: String?) -> String {
        let name = [String(response.status), slug].compactMap(\.self).joined(separator: " ")
        let request = response.header("X-Request-Id").map { ", request \($0)" } ?? ""
        return Table.Cell("\(words(response.status, subject: subject)) (\(name)\(request))").text
    }

    private func words(_ status: Int, subject: String?) -> String {
        if slug == "precondition-failed", let subject { return "\(subject) was changed meanwhile" }
        // The lines of the violations say more than the detail, which sends the reader to them.
        let detail = errors?.isEmpty == false ? nil : detail.map(Self.withoutPeriod)
        let title = title.map(Self.withoutPeriod).map(Self.withSmallInitial)
        return switch (title, detail) {
        case (let title?, let detail?): "\(title): \(detail)"
        case (let title?, nil): title
        case (nil, let detail?): detail
        case (nil, nil): "the API does not say what is wrong"
        }
    }

    private static func withoutPeriod(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// A title stands in the middle of a line here. Abbreviations stay as they are.
    private static func withSmallInitial(_ text: String) -> String {
        guard text.dropFirst().first?.isUppercase == false else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
