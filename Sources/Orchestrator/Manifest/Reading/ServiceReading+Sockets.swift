import SystemPackage

extension ServiceReading {
    /// Listening sockets by name, in order. The list form (`[NAME, {name: NAME, port: 9000}]`) has become the mapping form
    /// before (``ManifestNormalization``), unless a name is missing or there twice.
    func sockets(in reader: MappingReader, ports: [Placed<PortSpec>]) -> [Placed<SocketSpec>] {
        guard let node = reader["sockets"] else { return [] }
        guard let entries = node.entries else {
            reportList(node, in: reader)
            return []
        }
        let sockets = entries.compactMap { socket($0, in: reader, ports: ports) }
        reportShared(sockets, in: reader, ports: ports)
        return sockets
    }

    private func socket(
        _ entry: ManifestNode.Entry, in reader: MappingReader, ports: [Placed<PortSpec>]
    ) -> Placed<SocketSpec>? {
        let subject = "socket '\(entry.key)' of \(reader.subject)"
        guard SocketName.isValid(entry.key) else {
            context.findings.report(
                "'\(entry.key)' in sockets of \(reader.subject) is no name for a socket", at: entry.place,
                hint: "names match \(SocketName.grammar)")
            return nil
        }
        let body = entry.value.isNull ? ManifestNode(content: .mapping([]), place: entry.place) : entry.value
        guard
            let inner = MappingReader(
                body, subject: subject, shape: .socket, findings: context.findings)
        else { return nil }
        var socket = SocketSpec(name: entry.key)
        if let host = inner.value("host", Self.host) { socket.host = host }
        if let backlog = inner.value("backlog", Self.backlog) { socket.backlog = Int32(backlog) }
        let port = inner.value("port", Self.socketPort)
        let path = inner.value("path", Self.socketPath)
        switch (inner.has("port"), inner.has("path")) {
        case (true, true):
            context.findings.report("\(subject) has both port and path", at: entry.place, hint: "keep one of them")
        case (true, false): if let port { socket.address = .port(port) }
        case (false, true):
            if inner.has("host") {
                context.findings.report(
                    "'host' in \(subject) goes with a port, not with path", at: inner.place(of: "host"))
            }
            if let path { socket.address = .unix(path) }
        case (false, false) where ports.isEmpty:
            context.findings.report(
                "\(subject) listens on the service's first port, and the service has none", at: entry.place,
                hint: "add 'ports', or give the socket a 'port' or a 'path'")
        case (false, false): break
        }
        return Placed(value: socket, place: entry.place)
    }

    /// Two sockets cannot have one address, and the service's own port is no second one's.
    private func reportShared(_ sockets: [Placed<SocketSpec>], in reader: MappingReader, ports: [Placed<PortSpec>]) {
        var owners: [SocketSpec.Address: String] = [:]
        for socket in sockets {
            let address = socket.value.address
            if case .port(.auto) = address { continue }
            if case .port(let port) = address, ports.contains(where: { $0.value == port }) {
                context.findings.report(
                    "the port of socket '\(socket.value.name)' of \(reader.subject) is in 'ports' too",
                    at: socket.place,
                    hint: "leave out the socket's 'port' if it is the first of 'ports', else take it out of 'ports'")
            }
            if let owner = owners.updateValue(socket.value.name, forKey: address) {
                context.findings.report(
                    "the sockets '\(owner)' and '\(socket.value.name)' of \(reader.subject) have one address",
                    at: socket.place, hint: "give one of them a 'port' or a 'path' of its own")
            }
        }
    }

    private func reportList(_ node: ManifestNode, in reader: MappingReader) {
        guard case .sequence(let items) = node.content else {
            context.findings.report(
                "'sockets' in \(reader.subject) must be a mapping of names, or a list, not \(node.shape)",
                at: node.place)
            return
        }
        var known: Set<String> = []
        for item in items {
            guard let name = (item["name"] ?? item).scalar?.text else {
                context.findings.report("a socket of \(reader.subject) has no name", at: item.place, hint: "add 'name'")
                continue
            }
            if !known.insert(name).inserted {
                context.findings.report("two sockets of \(reader.subject) are called '\(name)'", at: item.place)
            }
        }
    }

    static let backlog = ScalarForm<Int>.integer(1...65535)

    static let socketPort = ScalarForm<PortSpec>(
        expected: "a number from 1 to 65535 or auto",
        schema: ScalarSchema(.string, .integer, pattern: "^(auto|[1-9][0-9]*)$", minimum: 1, maximum: 65535)
    ) { scalar in
        scalar.text == "auto" ? .auto : (try? PortText.number(scalar.text)).map(PortSpec.fixed)
    }

    /// sun_path of unix(7) holds 108 bytes, a NUL at the end included.
    static let socketPath = ScalarForm<String>(
        expected: "a path of at most 107 bytes, in which ${MSCTL_DATA_DIR} may stand first", schema: .nonEmptyText
    ) { scalar in
        let start = "${MSCTL_DATA_DIR}"
        let rest = scalar.text.hasPrefix(start) ? scalar.text.dropFirst(start.count) : scalar.text[...]
        let names = Service.launchVariables.contains { rest.contains("${\($0)}") }
        return rest.isEmpty || rest.contains("\0") || rest.utf8.count > 107 || names ? nil : scalar.text
    }

    static let host = ScalarForm<String>(
        expected: "an IPv4 address such as 127.0.0.1",
        schema: ScalarSchema(.string, pattern: "^([0-9]{1,3}\\.){3}[0-9]{1,3}$"),
        hint: { $0.text == "localhost" ? "write 127.0.0.1" : nil },
        parse: { scalar in
            let parts = scalar.text.split(separator: ".", omittingEmptySubsequences: false).map(DecimalText.integer)
            return parts.count == 4 && parts.allSatisfy { $0.map { $0 <= 255 } ?? false } ? scalar.text : nil
        })
}

/// What a socket may be called: it is passed in LISTEN_FDNAMES, where a colon ends a name.
enum SocketName {
    static let grammar = "[a-z0-9_-]{1,64}"
    static let pattern = "^\(grammar)$"
    static let form = ScalarForm<String>(
        expected: "a name that matches \(grammar)",
        schema: ScalarSchema(.string, .integer, .boolean, pattern: pattern),
        parse: { isValid($0.text) ? $0.text : nil })

    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && (("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
            }
    }
}
