import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The life of a service process, the same for all: settings, parts, server, graceful stop, exit status.
package enum ServiceMain {
    /// EX_CONFIG of sysexits(3): restarting will not help.
    static let configurationStatus: Int32 = 78

    /// Runs the service that `assemble` builds until SIGTERM or SIGINT and ends the process: 0 after a graceful stop,
    /// 78 when the settings cannot be used (no port is opened), 1 when it fails. With arguments it is ``BackupCommand``.
    package static func run<Settings: ServiceConfiguration>(
        _: Settings.Type, assemble: @Sendable (Settings, ServiceRuntime) async throws -> ServiceParts
    ) async -> Never {
        let environment = ProcessInfo.processInfo.environment
        let words = Array(CommandLine.arguments.dropFirst())
        if !words.isEmpty {
            let outcome = BackupCommand.run(words, environment: environment, service: Settings.serviceName)
            let output = outcome.status == 0 ? FileHandle.standardOutput : FileHandle.standardError
            output.write(Data("\(outcome.text)\n".utf8))
            exit(outcome.status)
        }
        Processors.use()
        let configuration: Settings
        do {
            configuration = try read(environment: environment)
            PassedSocket.forget()
        } catch {
            report(error, service: Settings.serviceName)
            exit(configurationStatus)
        }
        let settings = configuration.settings
        LoggingSystem.bootstrap { _ in
            JSONLogHandler(service: settings.name, instance: settings.instance, level: settings.logLevel)
        }
        let runtime = ServiceRuntime(settings: settings, logger: Logger(label: settings.name))
        do {
            let parts = try await withLogger(runtime.logger) { _ in try await assemble(configuration, runtime) }
            try await serve(parts, in: runtime)
            runtime.logger.notice("stopped")
            exit(0)
        } catch {
            runtime.logger.critical("the service failed", error: error)
            exit(1)
        }
    }

    /// The settings in `environment`, or every problem there is with them.
    package static func read<Settings: ServiceConfiguration>(
        environment: [String: String]
    ) throws(ConfigurationError) -> Settings {
        var reader = ConfigurationReader(environment: environment)
        let settings = Settings(reading: &reader)
        try reader.finish()
        return settings
    }

    private static func serve(_ parts: ServiceParts, in runtime: ServiceRuntime) async throws {
        do {
            try await group(parts, in: runtime, signals: [.sigterm, .sigint]).run()
        } catch {
            try parts.close()
            throw error
        }
        try parts.close()
    }

    /// What runs until it is shut down: the parts' services, the server, and first to be told, what ends readiness.
    ///
    /// - Parameter whenListening: told the port that requests are taken on.
    package static func group(
        _ parts: ServiceParts, in runtime: ServiceRuntime, signals: [UnixSignal] = [],
        whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ServiceGroup {
        let announcement = Announcement(
            service: runtime.settings.name, instance: runtime.settings.instance, endpoints: runtime.endpoints)
        var configuration = ServiceGroupConfiguration(
            services: [
                buildApplication(parts, in: runtime, whenListening: whenListening),
                DrainOnShutdown(readiness: runtime.readiness, announcement: announcement),
            ],
            gracefulShutdownSignals: signals, logger: runtime.logger)
        // Shorter than the orchestrator's default grace period, so that what hangs is cancelled rather than killed.
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        return ServiceGroup(configuration: configuration)
    }

    private static func report(_ error: ConfigurationError, service: String) {
        let handler = JSONLogHandler(service: service, instance: service, level: .info, sink: .standardError)
        var logger = Logger(label: service) { _ in handler }
        logger[metadataKey: "problems"] = .array(error.problems.map { .string($0) })
        logger.critical("the configuration cannot be used: \(error.problems.joined(separator: "; "))")
    }
}
