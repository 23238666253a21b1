/// A document to be printed: what JSON and YAML have in common, with keys in the order given.
indirect enum ConfigValue: Sendable {
    case text(String)
    /// A text in which launch variables stand as `${NAME}`.
    case launchText(String)
    case integer(Int)
    case boolean(Bool)
    case list([ConfigValue])
    case mapping([(String, ConfigValue)])

    /// Without the entries that are nil.
    static func entries(_ entries: [(String, ConfigValue?)]) -> ConfigValue {
        .mapping(entries.compactMap { key, value in value.map { (key, $0) } })
    }

    static func texts(_ texts: [String]) -> ConfigValue { .list(texts.map(ConfigValue.text)) }

    /// Sorted by name.
    static func texts(_ texts: [String: String]) -> ConfigValue {
        .mapping(texts.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
    }

    var isEmpty: Bool {
        switch self {
        case .list(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        default: false
        }
    }

    var nonEmpty: ConfigValue? { isEmpty ? nil : self }
}
