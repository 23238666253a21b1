/// One rule of `develop.watch`.
package struct WatchRule: Sendable, Hashable, Codable {
    package enum Action: String, Sendable, Hashable, Codable {
        /// Build the service, then replace its instances.
        case rebuild
        /// Replace its instances without building.
        case restart
    }
    package var action: Action
    /// Absolute: a file, or a directory with everything below it.
    package var path: String
    /// Patterns relative to `path` that do not count, as in .dockerignore; `.git` and the build's output never count.
    package var ignore: [String] = []
    /// When there are any, only these count.
    package var include: [String] = []

    package init(action: Action, path: String) {
        self.action = action
        self.path = path
    }
}
