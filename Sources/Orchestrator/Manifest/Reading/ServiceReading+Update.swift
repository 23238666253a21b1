extension ServiceReading {
    /// `deploy.update_config`. Instances are replaced one at a time, and what goes wrong ends it: of Compose's words for
    /// doing otherwise only the ones that say just that are taken.
    func update(in deploy: MappingReader?) -> UpdatePolicy {
        var policy = UpdatePolicy()
        guard let deploy, let node = deploy["update_config"],
            let inner = MappingReader(
                node, subject: "update_config of \(deploy.subject)", shape: .updateConfig, findings: context.findings)
        else { return policy }
        policy.order = inner.value("order", Self.updateOrder)
        if let delay = inner.value("delay", .duration) { policy.drain = delay }
        _ = inner.value("parallelism", Self.parallelism)
        _ = inner.value("failure_action", Self.failureAction)
        return policy
    }

    static let updateOrder = ScalarForm<UpdatePolicy.Order>.word(.stopFirst, .startFirst)

    static let parallelism = ScalarForm<Int>(
        expected: "1", schema: ScalarSchema(.integer, .string, pattern: "^1$", minimum: 1, maximum: 1),
        hint: { _ in "instances are replaced one at a time" },
        parse: { $0.text == "1" ? 1 : nil })

    static let failureAction = ScalarForm<String>(
        expected: "pause", schema: .words(["pause"]),
        hint: { _ in "an update that fails stops there, and the instances that are left stay" },
        parse: { $0.text == "pause" ? $0.text : nil })
}
