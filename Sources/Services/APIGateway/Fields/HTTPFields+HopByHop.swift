import HTTPTypes

extension HTTPFields {
    /// Without the fields that are for one connection only (RFC 9110 section 7.6.1): those we know and those that
    /// `Connection` names.
    var endToEnd: HTTPFields {
        let named = self[values: .connection].flatMap { value in
            value.split(separator: ",").map { HTTPFields.trimmed($0).lowercased() }
        }
        let hopByHop = Self.hopByHop.union(named)
        return HTTPFields(
            filter { field in
                let name = field.name.canonicalName
                return !hopByHop.contains(name) && !name.hasPrefix("proxy-")
            })
    }

    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
