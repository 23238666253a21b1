import Logging

/// What every service is told by whoever starts it.
package struct ServiceSettings: Sendable {
    package let name: String
    /// Which replica this is, such as `user-service.1`.
    package let instance: String
    package let host: String
    /// 0 takes a free port.
    package let port: Int
    /// Served on instead of `host` and `port` when it was passed.
    package let socket: PassedSocket?
    /// The file with the ready instances of every service; nil without an orchestrator.
    package let endpoints: String?
    package let logLevel: Logger.Level
    package let connections: ConnectionBounds

    package init(
        name: String, instance: String, host: String = "127.0.0.1", port: Int, socket: PassedSocket? = nil,
        endpoints: String? = nil, logLevel: Logger.Level = .info, connections: ConnectionBounds = ConnectionBounds()
    ) {
        self.name = name
        self.instance = instance
        self.host = host
        self.port = port
        self.socket = socket
        self.endpoints = endpoints
        self.logLevel = logLevel
        self.connections = connections
    }

    /// `HOST`, `PORT`, `LISTEN_FDS` and its companions, `MSCTL_ENDPOINTS`, `SERVICE_NAME`, `SERVICE_INSTANCE`,
    /// `LOG_LEVEL`, and those of ``ConnectionBounds``.
    package init(reading reader: inout ConfigurationReader, name fallback: String, port defaultPort: Int) {
        let word = "1 to 64 letters, digits, points, hyphens and underscores"
        name = reader.parsed("SERVICE_NAME", as: word, default: fallback, Self.word)
        instance = reader.parsed("SERVICE_INSTANCE", as: word, default: "\(name).1", Self.word)
        if reader.optionalString("SERVICE_NAME") != nil, !instance.hasPrefix("\(name).") {
            reader.note("SERVICE_INSTANCE", "must begin with SERVICE_NAME and a point")
        }
        host = reader.parsed("HOST", as: "a host name or an IP address", default: "127.0.0.1", Self.host)
        port = reader.integer("PORT", in: 0...65535, default: defaultPort)
        socket = reader.passedSocket()
        endpoints = reader.parsed("MSCTL_ENDPOINTS", as: "an absolute path", default: nil) { path in
            path.hasPrefix("/") ? .some(path) : nil
        }
        logLevel = reader.parsed(
            "LOG_LEVEL", as: "one of trace, debug, info, notice, warning, error, critical", default: .info,
            Logger.Level.init(rawValue:))
        connections = ConnectionBounds(reading: &reader)
    }

    /// What stands in every log line and in file names.
    private static func word(_ text: String) -> String? {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isWord && (1...64).contains(text.utf8.count) ? text : nil
    }

    /// Not an address with a scheme, a port or a path, which would be looked up as a name and not be found.
    private static func host(_ text: String) -> String? {
        let isIPv6 = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x3A, 0x41...0x46, 0x61...0x66, UInt8(ascii: "."): true
            default: false
            }
        }
        return text.contains(":") ? (isIPv6 && text.utf8.count { $0 == 0x3A } >= 2 ? text : nil) : word(text)
    }
}

/// The settings of one service, parsed once at start. `init` reads everything; it does not throw, since all problems
/// are reported together.
package protocol ServiceConfiguration: Sendable {
    static var serviceName: String { get }
    init(reading reader: inout ConfigurationReader)
    var settings: ServiceSettings { get }
}
