import HTTPTypes

extension RouteTable {
    /// What keeps the service from starting: of two routes for one method and path one would never be reached, an owner
    /// that the path does not name would be nobody, and clients would not know what they may write.
    var faults: [String] {
        let twice = Dictionary(grouping: routes.map(\.name), by: \.self).filter { $0.value.count > 1 }.keys.sorted()
        return twice.map { "\($0) is declared twice" } + routes.flatMap(\.faults)
            + (authenticator == nil ? routes.filter { !$0.access.isOpen } : []).map {
                "\($0.name) needs credentials, and the service has no authenticator"
            }
    }
}

extension Route {
    fileprivate var name: String { "\(method.rawValue) \(path)" }

    fileprivate var faults: [String] {
        let segments = path.split(separator: "/")
        var faults = access.parameters.filter { !segments.contains(":\($0)") }.map {
            "\(name) has no :\($0), whose owner may use it"
        }
        if let operation {
            let documented = operation.body.map { Set($0.properties) }
            if documented != writable {
                faults.append("\(name) documents \(Self.list(documented)) and lets \(Self.list(writable)) be written")
            }
        }
        return faults
    }

    private static func list(_ members: Set<String>?) -> String {
        guard let members else { return "no body" }
        return members.isEmpty ? "no member" : members.sorted().joined(separator: ", ")
    }
}
