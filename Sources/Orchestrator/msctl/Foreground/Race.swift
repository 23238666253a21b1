/// Several things that are waited for at once.
enum Race {
    /// What the first that has something to say says; the others are cancelled and waited for. nil when none has.
    @discardableResult
    static func first<Value: Sendable>(_ runners: (@Sendable () async -> Value?)...) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            for runner in runners { group.addTask { await runner() } }
            defer { group.cancelAll() }
            for await value in group {
                if let value { return value }
            }
            return nil
        }
    }
}
