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

    package init(
        name: String, instance: String, host: String = "127.0.0.1", port: Int, socket: PassedSocket? = nil,
        endpoints: String? = nil, logLevel: Logger.Level = .info
    ) {
        self.name = name
        self.instance = instance
        self.host = host
        self.port = port
        self.socket = socket
        self.endpoints = endpoints
        self.logLevel = logLevel
    }

    /// `HOST`, `PORT`, `LISTEN_FDS` and its companions, `MSCTL_ENDPOINTS`, `SERVICE_NAME`, `SERVICE_INSTANCE`,
    /// `LOG_LEVEL`.
    package init(reading reader: inout ConfigurationReader, name fallback: String, port defaultPort: Int) {
        name = reader.string("SERVICE_NAME", default: fallback)
        instance = reader.string("SERVICE_INSTANCE", default: "\(name).1")
        host = reader.string("HOST", default: "127.0.0.1")
        port = reader.integer("PORT", in: 0...65535, default: defaultPort)
        socket = reader.passedSocket()
        endpoints = reader.optionalString("MSCTL_ENDPOINTS")
        logLevel = reader.parsed(
            "LOG_LEVEL", as: "one of trace, debug, info, notice, warning, error, critical", default: .info,
            Logger.Level.init(rawValue:))
    }
}

/// The settings of one service, parsed once at start. `init` reads everything; it does not throw, since all problems
/// are reported together.
package protocol ServiceConfiguration: Sendable {
    static var serviceName: String { get }
    init(reading reader: inout ConfigurationReader)
    var settings: ServiceSettings { get }
}
