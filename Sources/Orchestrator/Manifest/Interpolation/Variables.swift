/// What names stand for in manifests: the process environment first, below it what env files say.
///
/// Every variable of the process environment that is asked for is noted in the load's record, so that the project can be
/// read again the same way without keeping the whole environment.
struct Variables {
    private let environment: [String: String]
    private let record: LoadRecord
    private var fallbacks: [String: String] = [:]

    init(environment: [String: String], record: LoadRecord) {
        self.environment = environment
        self.record = record
    }

    subscript(name: String) -> String? {
        guard let value = environment[name] else { return fallbacks[name] }
        record.note(variable: name, value: value)
        return value
    }

    /// For a value that must not be kept: it is not noted.
    func secret(_ name: String) -> String? { environment[name] ?? fallbacks[name] }

    /// The same, with these values for names that have none yet.
    func over(_ values: [String: String]) -> Variables {
        var result = self
        result.fallbacks.merge(values) { known, _ in known }
        return result
    }
}
