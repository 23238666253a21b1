import ArgumentParser
import Foundation
import Manifest
import StateDirectory
import SystemPackage

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Sign with a new key from now on; what the last one signed stays good.",
        discussion: """
            The new key is published behind the one that signs, and the services that read it are restarted, replica by \
            replica where they can be. After --settle everybody who verifies knows it; then it signs, and the key before it \
            only verifies. Once everything that one has signed has expired, rotate again, and it is no good to anybody.

            A rotation that was interrupted is gone on with. Only secrets with 'overlap: true' can be rotated. What is stopped \
            stays so.
            """)

    @Argument(help: "A secret that is generated and has 'overlap: true'.")
    var secret = "token-signing-key"

    @Option(help: "How long whoever verifies may take to know a new key.")
    var settle = DurationArgument(seconds: 6)

    @Option(help: "How long what a key has signed is good; another rotation within it needs --force.")
    var lifetime = DurationArgument(seconds: 900)

    @Flag(help: "Rotate once more all the same: what the key before the last has signed is refused then.")
    var force = false

    @Option(help: "How long to wait for readiness, each time: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let project = try context.project()
        let layout = StateLayout(project)
        try checkOverlap(project)
        let rotation = KeyRotation(of: secret, in: layout)
        let lock = try lock(rotation)
        defer { withExtendedLifetime(lock) {} }
        try checkAge(rotation)
        let running = try wantedReaders(project, layout)
        let readers = try await running.isEmpty ? nil : restarting(running, project, layout, context)

        try CommandFailure.reading { () throws(StateError) in try rotation.publish() }
        if let readers {
            try await readers()
            context.console.talk("\(secret): the new key is published, and signs in \(settle)")
            try await Task.sleep(for: settle.duration)
        }
        try CommandFailure.reading { () throws(StateError) in try rotation.sign() }
        try await readers?()
        try CommandFailure.reading { () throws(StateError) in try rotation.end() }
        let names = Set(running.map(\.service)).sorted().joined(separator: ", ")
        context.console.talk(
            "\(secret) rotated; " + (running.isEmpty ? "nothing that reads it runs" : "\(names) restarted"))
    }

    private func checkOverlap(_ project: Project) throws(CommandFailure) {
        let overlapping = project.secrets.filter { $0.source == .generated && $0.overlaps }.map(\.name)
        if overlapping.contains(secret) { return }
        let known = "\(overlapping.isEmpty ? "none" : overlapping.joined(separator: ", ")) can be rotated"
        guard project.secrets.contains(where: { $0.name == secret }) else {
            throw .usage("the project has no secret \(secret); \(known)")
        }
        throw .usage(
            "\(secret) is no secret with 'overlap: true': its readers take one value, not two; \(known)",
            hint: "change it by hand, and restart what reads it")
    }

    private func lock(_ rotation: KeyRotation) throws(CommandFailure) -> FileLock {
        do {
            if let lock = try rotation.lock() { return lock }
        } catch {
            throw CommandFailure(error)
        }
        throw .failed("another 'msctl keys rotate' is at work on \(secret)", hint: "msctl status")
    }

    /// Two rotations in a row would take away the key of what was signed before the first.
    private func checkAge(_ rotation: KeyRotation) throws(CommandFailure) {
        let (keys, isUnderWay) = try CommandFailure.reading { () throws(StateError) in
            (try rotation.keys(), try rotation.isUnderWay())
        }
        if force || isUnderWay || keys.count < 2 { return }
        let file = rotation.layout.secret(secret).string
        // Without a time it counts as new: refusing harms nobody.
        let changed = (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date ?? Date()
        let left = Duration.seconds(changed.timeIntervalSinceNow) + lifetime.duration
        guard left > .zero else { return }
        throw .failed(
            "\(secret) was rotated less than \(lifetime) ago, and what the key before it has signed may still be good",
            hint: "wait for \(TimeText.elapsed(left)), or --force")
    }

    /// The instances of services that read the secret and are to run.
    private func wantedReaders(_ project: Project, _ layout: StateLayout) throws(CommandFailure) -> [InstanceID] {
        let readers = Set(project.services.filter { $0.secrets.contains(secret) }.map(\.name))
        return try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).storedStatuses()
                .filter { $0.wanted && !$0.leaving && readers.contains($0.instance.service) }.map(\.instance).sorted()
        }
    }

    /// What restarts `instances`. There is a daemon that can, before anything is changed.
    private func restarting(
        _ instances: [InstanceID], _ project: Project, _ layout: StateLayout, _ context: CommandContext
    ) async throws(CommandFailure) -> () async throws -> Void {
        let run = UpRun(
            project: project, layout: layout, console: context.console,
            control: try await DaemonLauncher(layout: layout, context: context).ensure(), timeout: waitTimeout.duration)
        return { _ = try await run.restart(instances.map(\.description), grace: nil) }
    }
}
