import Manifest
import StateDirectory
import SystemPackage

/// Brings services up and keeps them as their files are: builds and replaces, restarts, or reads the manifests again.
///
/// One thing is done at a time. What changes meanwhile is done next, so a build never runs beside another, and none is
/// missing at the end.
struct WatchRun {
    let context: CommandContext
    /// The services to watch; all that have rules when empty.
    let names: [String]
    let timeout: Duration
    let talk: WatchTalk

    private var project: Project
    private var files: WatchThread
    private var echo = BuildEcho()

    /// Everything is watched from here on.
    init(context: CommandContext, names: [String], timeout: Duration, talk: WatchTalk) throws(CommandFailure) {
        self.context = context
        self.names = names
        self.timeout = timeout
        self.talk = talk
        project = try context.project()
        files = try Self.watch(project, names)
    }

    /// Returns only when it fails; Ctrl-C ends the program. What runs goes on.
    mutating func run() async throws(CommandFailure) {
        await bringUp()
        let services = try Self.watched(project, names).map(\.name).joined(separator: ", ")
        talk.say(.watching, nil, "watching the files of \(services); Ctrl-C ends, and what runs goes on")
        while true { await act(on: try await files.next()) }
    }

    // MARK: What is watched

    private static func watched(_ project: Project, _ names: [String]) throws(CommandFailure) -> [Service] {
        try project.check(names)
        let hint = "say what to watch: develop: { watch: [{ action: rebuild, path: Sources }] }"
        for name in names where project[service: name]?.watch.isEmpty == true {
            throw .usage("\(name) has no develop.watch", hint: hint)
        }
        let services = project.services.filter { names.isEmpty ? !$0.watch.isEmpty : names.contains($0.name) }
        guard !services.isEmpty else { throw .usage("no service of \(project.name) has develop.watch", hint: hint) }
        return services
    }

    private static func watch(_ project: Project, _ names: [String]) throws(CommandFailure) -> WatchThread {
        try WatchThread(try WatchPlan(project, services: try watched(project, names)))
    }

    // MARK: What is done

    private mutating func act(on changed: Set<FilePath>) async {
        guard let plan = try? WatchPlan(project, services: Self.watched(project, names)) else { return }
        var reasons: [WatchPlan.Effect: [FilePath]] = [:]
        for file in changed.sorted(by: { $0.string < $1.string }) {
            for effect in plan.effects(of: file) { reasons[effect, default: []].append(file) }
        }
        if let manifests = reasons.removeValue(forKey: .reload) { await reload(manifests) }
        var built: [String] = []
        var restarted: [String] = []
        for (effect, files) in reasons.sorted(by: { $0.key < $1.key }) {
            guard let name = effect.service, let service = project[service: name] else { continue }
            switch effect {
            case .reload: break
            case .rebuild:
                talk.say(.changed, name, "\(describe(files)) changed, building")
                if echo.isHeard(of: files, name) {
                    talk.say(
                        .looping, name, "\(describe(files)) changes whenever it is built",
                        details: ["→ if the build writes it, add it to 'ignore' in develop.watch"])
                }
                if await build(service) { built.append(name) }
                echo.built(name)
            case .restart where reasons[.rebuild(name)] != nil: break
            case .restart:
                talk.say(.changed, name, "\(describe(files)) changed, restarting")
                restarted.append(name)
            }
        }
        if !built.isEmpty { await replace(built) }
        if !restarted.isEmpty { await restart(restarted) }
    }

    private mutating func bringUp() async {
        let names = self.names
        do {
            let started = ContinuousClock.now
            let wanted = try project.closure(of: names)
            _ = try await builder(context.console).build(wanted)
            let result = try await upRun(context.console).up(names)
            let took = ContinuousClock.now - started
            let words = result.isUnchanged ? "is up as it is wanted" : "is up in \(TimeText.elapsed(took))"
            talk.say(.up, nil, "\(project.name) \(words)", took: took)
        } catch {
            say(error, .failed, nil, "not everything is up")
        }
    }

    /// Manifests that are wrong change nothing; those that are right are applied as `up` would.
    private mutating func reload(_ manifests: [FilePath]) async {
        do {
            let next = try context.project()
            guard next != project else { return }
            // Before anything is built from it: what changes later is told by the new watch.
            let watch = try Self.watch(next, names)
            files.end()
            files = watch
            project = next
            talk.say(.reloaded, nil, "\(describe(manifests)) changed, applying")
            await bringUp()
        } catch {
            say(error, .manifestWrong, nil, "\(describe(manifests)) changed; nothing is done")
        }
    }

    /// Whether there is something new to run.
    private func build(_ service: Service) async -> Bool {
        let started = ContinuousClock.now
        do {
            _ = try await builder(context.console.silent).build([service], always: true)
            let took = ContinuousClock.now - started
            talk.say(.built, service.name, "built in \(TimeText.elapsed(took))", took: took)
            return true
        } catch {
            let runs = try? StateReader(layout: StateLayout(project)).statuses().contains {
                $0.instance.service == service.name && $0.state.isAlive
            }
            say(
                error, .buildFailed, service.name, runs == true ? "build failed; the running one stays" : "build failed"
            )
            return false
        }
    }

    private func replace(_ services: [String]) async {
        await change(services, .replaced, "replaced") { run throws(CommandFailure) in try await run.up(services) }
    }

    private func restart(_ services: [String]) async {
        await change(services, .restarted, "restarted") { run throws(CommandFailure) in
            try await run.restart(services, grace: nil)
        }
    }

    private func change(
        _ services: [String], _ event: WatchTalk.Event, _ word: String,
        _ body: (UpRun) async throws(CommandFailure) -> UpRun.Result
    ) async {
        let started = ContinuousClock.now
        do {
            let result = try await body(try await upRun(context.console.silent))
            let took = ContinuousClock.now - started
            for name in services {
                if result.isUnchanged {
                    talk.say(.unchanged, name, "nothing to replace: its program is what it was")
                } else {
                    talk.say(event, name, "\(word) in \(TimeText.elapsed(took))", took: took)
                }
            }
        } catch {
            say(error, .failed, services.joined(separator: ", "), "not \(word)")
        }
    }

    // MARK: With what

    private func builder(_ console: Console) -> Builder {
        Builder(layout: StateLayout(project), console: console, environment: context.environment)
    }

    private func upRun(_ console: Console) async throws(CommandFailure) -> UpRun {
        let layout = StateLayout(project)
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        return UpRun(project: project.rolling, layout: layout, console: console, control: control, timeout: timeout)
    }

    private func say(_ failure: CommandFailure, _ event: WatchTalk.Event, _ service: String?, _ text: String) {
        talk.say(
            event, service, "\(text): \(failure.message)",
            details: failure.details.suffix(30) + (failure.hint.map { ["→ " + $0] } ?? []))
    }

    /// `Sources/a.swift`, `Sources/a.swift and 3 more`
    private func describe(_ files: [FilePath]) -> String {
        guard var first = files.first else { return "" }
        _ = first.removePrefix(FilePath(project.directory))
        return Table.Cell(first.string).text + (files.count > 1 ? " and \(files.count - 1) more" : "")
    }
}

extension Project {
    /// With the old instances of watched services serving until the new ones are ready, unless the manifest says otherwise.
    fileprivate var rolling: Project {
        var project = self
        for index in project.services.indices where !project.services[index].watch.isEmpty {
            project.services[index].update.order = project.services[index].update.order ?? .startFirst
        }
        return project
    }
}
