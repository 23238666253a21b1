import Foundation
import SystemPackage

/// `endpoints.json`: where the ready instances of each service listen. Services read it too; fields may be added.
package struct Endpoints: Sendable, Hashable, Codable {
    package struct Endpoint: Sendable, Hashable, Codable {
        /// `user-service.1`
        package var instance: String
        /// `http://127.0.0.1:3001`
        package var url: String

        package init(instance: String, url: String) {
            self.instance = instance
            self.url = url
        }
    }

    package var schema = "msctl.endpoints/1"
    package var services: [String: [Endpoint]]

    package init(services: [String: [Endpoint]] = [:]) { self.services = services }

    /// Empty when there is no file.
    package static func read(_ layout: StateLayout) throws(StateError) -> Endpoints {
        guard let bytes = try AtomicFile.read(layout.endpoints) else { return Endpoints() }
        do {
            return try JSONDecoder().decode(Endpoints.self, from: Data(bytes))
        } catch {
            throw .file(layout.endpoints, .invalidArgument)
        }
    }

    package func write(_ layout: StateLayout) throws(StateError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return }  // Strings in dictionaries always encode.
        // A service may run as another user; who can come this far may know who listens where.
        try AtomicFile.write(Array(data), to: layout.endpoints, mode: 0o644)
    }
}
