import SystemPackage

/// Checks services against each other and makes the project of the active profiles.
struct ProjectValidation {
    let draft: ProjectDraft
    let profiles: [String]
    let findings: Findings

    func project(at location: ProjectLocation) -> Project {
        if draft.services.isEmpty, findings.problems.isEmpty {
            findings.report("the manifests define no service", at: nil, hint: "add one below 'services:'")
        }
        checkDependencies()
        checkCycles()
        checkPorts()
        checkSecrets()
        checkProfiles()
        let name = draft.name ?? location.directory.lastComponent.flatMap { ProjectName.reduced($0.string) }
        return Project(
            name: name ?? "project", directory: location.directory.string, files: location.files.map(\.string),
            services: active.map(\.service), secrets: draft.secrets.map(\.value))
    }

    /// A service without profiles, or with an active one.
    func isActive(_ service: ServiceDraft) -> Bool {
        service.profiles.isEmpty || profiles.contains("*") || service.profiles.contains(where: profiles.contains)
    }

    var active: [ServiceDraft] { draft.services.filter(isActive) }

    private func checkSecrets() {
        let known = draft.secrets.map(\.value.name)
        for service in draft.services {
            var variables: [String: String] = [:]
            for secret in service.secrets {
                guard known.contains(secret.value) else {
                    findings.report(
                        "service '\(service.service.name)' uses the secret '\(secret.value)', which is not defined",
                        at: secret.place,
                        hint: NearestWord.hint(for: secret.value, in: known) ?? "add it below 'secrets:'")
                    continue
                }
                let variable = EnvironmentName.from(secret.value)
                if let other = variables.updateValue(secret.value, forKey: variable) {
                    findings.report(
                        "the secrets '\(other)' and '\(secret.value)' of service '\(service.service.name)' are both "
                            + "\(variable)_FILE", at: secret.place, hint: "rename one of them")
                }
            }
        }
    }

    private func checkProfiles() {
        let known = Set(draft.services.flatMap(\.profiles))
        for profile in profiles where profile != "*" && !known.contains(profile) {
            findings.warn(
                "no service has the profile '\(profile)'", at: nil, hint: NearestWord.hint(for: profile, in: known))
        }
    }
}
