extension ProjectValidation {
    func checkPorts() {
        var owners: [UInt16: (name: String, place: Place)] = [:]
        for draft in active {
            for port in draft.ports + draft.socketPorts {
                guard case .fixed(let number) = port.value else { continue }
                if let owner = owners[number] {
                    // Within one service the reader has told it.
                    guard owner.name != draft.service.name else { continue }
                    findings.report(
                        "port \(number) of service '\(draft.service.name)' is taken by service '\(owner.name)' at "
                            + "\(owner.place)", at: port.place, hint: "choose another, or 'auto'")
                } else {
                    owners[number] = (draft.service.name, port.place)
                }
            }
        }
        for draft in self.draft.services where draft.service.replicas > 1 {
            for socket in draft.sockets {
                guard case .unix = socket.value.address else { continue }
                findings.report(
                    "the replicas of service '\(draft.service.name)' would share the path of socket "
                        + "'\(socket.value.name)'", at: socket.place,
                    hint: "give it a 'port', or the service one replica")
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

extension ServiceDraft {
    fileprivate var socketPorts: [Placed<PortSpec>] {
        sockets.compactMap { socket in
            guard case .port(let port) = socket.value.address else { return nil }
            return Placed(value: port, place: socket.place)
        }
    }
}
