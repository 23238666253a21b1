import SystemPackage

/// Everything the manifests say, read, merged, interpolated and checked: immutable and complete.
///
/// A project crosses the control socket and is kept in `state.db` as JSON; it holds resolved values only, so the daemon
/// never reads a manifest or an environment of its own.
package struct Project: Sendable, Hashable, Codable {
    /// `name:` of the manifests, or the name of the project's directory, reduced to `[a-z0-9_-]`.
    package var name: String
    /// The absolute directory that `.msctl` lives in.
    package var directory: String
    /// The manifest files that were read, absolute, in merge order.
    package var files: [String]
    /// The services of the active profiles, in the order in which the manifests name them.
    package var services: [Service]
    package var secrets: [Secret]
    /// How it was read; nil for a project that was not read from files.
    package var source: ManifestSource?

    package init(
        name: String, directory: String, files: [String] = [], services: [Service] = [], secrets: [Secret] = []
    ) {
        self.name = name
        self.directory = directory
        self.files = files
        self.services = services
        self.secrets = secrets
    }

    package subscript(service name: String) -> Service? { services.first { $0.name == name } }

    /// How it was read does not count: a file that was only touched changes nothing.
    package static func == (left: Project, right: Project) -> Bool {
        left.name == right.name && left.directory == right.directory && left.files == right.files
            && left.services == right.services && left.secrets == right.secrets
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(directory)
        hasher.combine(services)
    }
}

/// A value that services read from a file and that is never printed.
package struct Secret: Sendable, Hashable, Codable {
    package enum Source: Sendable, Hashable, Codable {
        /// Made once, 32 random bytes as base64url, kept in `.msctl/secrets/NAME`.
        case generated
        /// An existing file, absolute.
        case file(String)
        /// The value of a variable where the manifests were read, written to `.msctl/secrets/NAME`. The value is nil when it
        /// was not set there, or has been written: then the file that there is counts.
        case environment(variable: String, value: String?)
    }
    package var name: String
    package var source: Source
    /// Whether its readers take several values of it, a line each, the newest first: then it can be rotated while what was
    /// made with the last one is still good.
    package var overlaps: Bool

    package init(name: String, source: Source, overlaps: Bool = false) {
        self.name = name
        self.source = source
        self.overlaps = overlaps
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        source = try members.decode(Source.self, forKey: .source)
        // A project that an older msctl has written down says nothing of it.
        overlaps = try members.decodeIfPresent(Bool.self, forKey: .overlaps) ?? false
    }

    /// Without the value: what may be stored or shown.
    package var withoutValue: Secret {
        guard case .environment(let variable, _) = source else { return self }
        return Secret(name: name, source: .environment(variable: variable, value: nil), overlaps: overlaps)
    }

    /// Whether its value is a file of `.msctl/secrets`.
    package var isKeptHere: Bool {
        switch source {
        case .generated, .environment: true
        case .file: false
        }
    }

    /// The variable that tells a service where the secret's file is: `token-key` gives `TOKEN_KEY_FILE`.
    package var variable: String { EnvironmentName.from(name) + "_FILE" }
}

/// How a service's or a secret's name becomes part of an environment variable's name.
package enum EnvironmentName {
    /// Upper case, with everything but letters and digits as `_`: `user-service` gives `USER_SERVICE`.
    package static func from(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
