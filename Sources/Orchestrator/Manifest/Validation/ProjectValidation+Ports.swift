extension ProjectValidation {
    func checkPorts() {
        var owners: [UInt16: (name: String, place: Place)] = [:]
        for draft in active {
            for port in draft.ports {
                guard case .fixed(let number) = port.value else { continue }
                if let owner = owners[number] {
                    findings.report(
                        "port \(number) of service '\(draft.service.name)' is taken by service '\(owner.name)' at "
                            + "\(owner.place)", at: port.place, hint: "choose another, or 'auto'")
                } else {
                    owners[number] = (draft.service.name, port.place)
                }
            }
        }
        for draft in self.draft.services where draft.service.ports.isEmpty {
            for probe in draft.portlessProbes {
                findings.report(
                    "\(probe.value) of service '\(draft.service.name)' asks a port, and the service has none",
                    at: probe.place, hint: "add 'ports', or 'port' to the \(probe.value)")
            }
        }
    }
}
