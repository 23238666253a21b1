extension ProjectValidation {
    func checkDependencies() {
        let services = Dictionary(draft.services.map { ($0.service.name, $0) }, uniquingKeysWith: { first, _ in first })
        for dependent in draft.services {
            var variables: [String: String] = [:]
            for placed in dependent.dependencies {
                let name = placed.value.service
                guard let target = services[name] else {
                    reportUnknown(placed, of: dependent, known: services.keys)
                    continue
                }
                if isActive(dependent), !isActive(target), placed.value.required {
                    findings.report(
                        "service '\(dependent.service.name)' depends on '\(name)', which no active profile has",
                        at: placed.place,
                        hint: "add --profile \(target.profiles.first ?? ""), or 'required: false'")
                }
                checkCondition(placed, target)
                if let other = variables.updateValue(name, forKey: EnvironmentName.from(name)) {
                    findings.report(
                        "the dependencies '\(other)' and '\(name)' of service '\(dependent.service.name)' are both "
                            + "\(EnvironmentName.from(name))_URL", at: placed.place, hint: "rename one of them")
                }
            }
        }
    }

    private func reportUnknown(
        _ placed: Placed<Dependency>, of dependent: ServiceDraft, known: some Sequence<String>
    ) {
        let name = placed.value.service
        let message = "service '\(dependent.service.name)' depends on '\(name)', which is not defined"
        let hint = NearestWord.hint(for: name, in: known)
        if placed.value.required {
            findings.report(message, at: placed.place, hint: hint)
        } else {
            findings.warn(message, at: placed.place, hint: hint)
        }
    }

    private func checkCondition(_ placed: Placed<Dependency>, _ target: ServiceDraft) {
        let name = target.service.name
        switch placed.value.condition {
        case .started: break
        case .healthy where target.service.healthcheck == nil:
            findings.report(
                "service_healthy cannot be true of '\(name)', which has no healthcheck", at: placed.place,
                hint: "add healthcheck or ready_on to it, or wait for service_started")
        case .healthy: break
        case .completedSuccessfully where target.service.restart.condition == .always:
            findings.report(
                "service_completed_successfully cannot be true of '\(name)', which is always restarted",
                at: placed.place, hint: "give it 'restart: \"no\"' or 'restart: on-failure'")
        case .completedSuccessfully: break
        }
    }

    /// Reports each cycle once, at the entry that closes it.
    func checkCycles() {
        var search = CycleSearch(
            edges: Dictionary(
                draft.services.map { ($0.service.name, $0.dependencies) }, uniquingKeysWith: { first, _ in first }))
        for service in draft.services { search.visit(service.service.name) }
        for cycle in search.cycles {
            findings.report(
                "services depend on each other in a circle: \(cycle.value.joined(separator: " → "))", at: cycle.place)
        }
    }
}

/// Depth-first search without recursion, so that a long chain of services is no deep stack.
private struct CycleSearch {
    let edges: [String: [Placed<Dependency>]]
    var cycles: [Placed<[String]>] = []
    private var finished: Set<String> = []

    init(edges: [String: [Placed<Dependency>]]) { self.edges = edges }

    mutating func visit(_ start: String) {
        guard !finished.contains(start) else { return }
        var path: [(name: String, next: Int)] = [(start, 0)]
        while let (name, next) = path.last {
            let outgoing = edges[name] ?? []
            guard next < outgoing.count else {
                finished.insert(name)
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let target = outgoing[next].value.service
            if let first = path.firstIndex(where: { $0.name == target }) {
                cycles.append(Placed(value: path[first...].map(\.name) + [target], place: outgoing[next].place))
            } else if !finished.contains(target) {
                path.append((target, 0))
            }
        }
    }
}
