import SystemPackage

/// Reads one service.
struct ServiceReading {
    let context: ReadingContext

    func read(_ entry: ManifestNode.Entry) -> ServiceDraft? {
        let name = entry.key
        let body = entry.value.isNull ? ManifestNode(content: .mapping([]), place: entry.place) : entry.value
        guard
            let reader = MappingReader(
                body, subject: "service '\(name)'", shape: .service, findings: context.findings)
        else { return nil }
        var service = Service(
            name: name, command: [],
            workingDirectory: reader.value("working_dir", .nonEmptyText) ?? context.directory.string)
        service.build = build(in: reader)
        service.command = command(in: reader, build: service.build, at: entry.place)
        service.environment = environment(in: reader)
        if let signal = reader.value("stop_signal", SignalName.form) { service.stopSignal = signal }
        if let period = reader.value("stop_grace_period", .duration) { service.stopGracePeriod = period }
        let deploy = deploy(in: reader)
        service.restart = restart(in: reader, deploy: deploy)
        service.update = update(in: deploy)
        service.replicas = replicas(in: reader, deploy: deploy)
        service.limits = limits(in: reader, deploy: deploy)
        service.user = user(in: reader)
        service.groups = groups(in: reader)
        service.umask = umask(in: reader)
        service.watch = watch(in: reader)
        service.logs = logs(in: reader)

        var draft = ServiceDraft(service: service, place: entry.place)
        readProbes(in: reader, of: &draft)
        draft.ports = ports(in: reader)
        draft.service.ports = draft.ports.map(\.value)
        draft.sockets = sockets(in: reader, ports: draft.ports)
        draft.service.sockets = draft.sockets.map(\.value)
        draft.dependencies = dependencies(in: reader)
        draft.service.dependsOn = draft.dependencies.map(\.value)
        draft.secrets = secrets(in: reader)
        draft.service.secrets = draft.secrets.map(\.value)
        draft.profiles = profiles(in: reader)
        return draft
    }

    private func command(in reader: MappingReader, build: Build?, at place: Place) -> [String] {
        let parts = ["entrypoint", "command"].filter(reader.has).map(reader.words)
        let command = parts.flatMap { $0 ?? [] }
        if command.isEmpty, let build, case .swift(let product, _, _) = build.recipe { return [product] }
        let isReported = parts.contains(nil) || (reader.has("build") && build == nil) || reader.has("extends")
        if command.isEmpty, !isReported {
            context.findings.report(
                "\(reader.subject) has no command", at: place,
                hint: "add 'command: [PROGRAM]' or 'build: { swift: PRODUCT }'")
        } else if command.first?.isEmpty == true {
            context.findings.report("the command of \(reader.subject) begins with an empty word", at: place)
        }
        return command
    }

    private func logs(in reader: MappingReader) -> LogRetention {
        var retention = LogRetention()
        guard let node = reader["logs"],
            let inner = MappingReader(
                node, subject: "logs of \(reader.subject)", shape: .logs, findings: context.findings)
        else { return retention }
        if let bytes = inner.value("retain", .byteSize) { retention.retainBytes = bytes }
        if let runs = inner.value("runs", Self.runCount) { retention.runs = runs }
        return retention
    }

    private func profiles(in reader: MappingReader) -> [String] {
        reader.values("profiles", EntityName.form)?.map(\.value) ?? []
    }

    static let runCount = ScalarForm<Int>.integer(1...100_000)
}
