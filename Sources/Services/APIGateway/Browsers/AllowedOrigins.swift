import Foundation

/// The web origins whose pages may read the shop's answers (CORS). None unless configured.
struct AllowedOrigins: Sendable, Equatable {
    static let none = AllowedOrigins(origins: [])

    private let origins: Set<String>

    private init(origins: Set<String>) {
        self.origins = origins
    }

    /// nil unless every element is `http(s)://host[:port]` in lower case. The port that goes without saying may be said.
    init?(list: String) {
        let elements = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let origins = elements.compactMap(Self.origin)
        guard !origins.isEmpty, origins.count == elements.count else { return nil }
        self.origins = Set(origins)
    }

    var isEmpty: Bool { origins.isEmpty }

    func contains(_ origin: String) -> Bool {
        origins.contains(origin)
    }

    /// `text` as browsers send it, without the scheme's own port (RFC 6454 section 6.2).
    private static func origin(_ text: String) -> String? {
        guard text == text.lowercased(), let url = URL(string: text), let scheme = url.scheme,
            let usual = ["http": 80, "https": 443][scheme], let host = url.host(), !host.isEmpty
        else { return nil }
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let port = url.port.map { ":\($0)" } ?? ""
        guard text == "\(scheme)://\(name)\(port)" else { return nil }
        return url.port == usual ? "\(scheme)://\(name)" : text
    }
}
