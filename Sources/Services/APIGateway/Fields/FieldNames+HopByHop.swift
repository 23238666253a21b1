extension FieldNames {
    /// Fields that are for one connection only, whatever `Connection` names; beside those that begin with `proxy-`.
    static let hopByHop = ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"]

    /// What these values of `Connection` name (RFC 9110 section 7.6.1); nil when they name no fields.
    init?(namedBy connection: [String]) {
        if connection.allSatisfy({ Self.areSame($0, "keep-alive") || Self.areSame($0, "close") }) { return nil }
        let names = connection.joined(separator: ",").lowercased().split(separator: ",").map {
            $0.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        }
        self.init(names.filter { !$0.isEmpty }.map(String.init))
    }
}
