import Foundation

/// The web origins whose pages may read the shop's answers (CORS). None unless configured.
struct AllowedOrigins: Sendable, Equatable {
    static let none = AllowedOrigins(origins: [])

    private let origins: Set<String>

    private init(origins: Set<String>) {
        self.origins = origins
    }

    /// nil unless every element is `http(s)://host[:port]` in lower case, as browsers send it.
    init?(list: String) {
        let origins = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !origins.isEmpty, origins.allSatisfy(Self.isOrigin) else { return nil }
        self.origins = Set(origins)
    }

    var isEmpty: Bool { origins.isEmpty }

    func contains(_ origin: String) -> Bool {
        origins.contains(origin)
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard text == text.lowercased(), let url = URL(string: text), let scheme = url.scheme, let host = url.host()
        else { return false }
        let port = url.port.map { ":\($0)" } ?? ""
        return ["http", "https"].contains(scheme) && text == "\(scheme)://\(host)\(port)"
    }
}
