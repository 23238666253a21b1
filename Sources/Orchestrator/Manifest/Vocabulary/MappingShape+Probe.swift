extension MappingShape {
    /// `healthcheck`, `startup`, `liveness`.
    static let probe: MappingShape = MappingShape(
        "probe",
        [
            Key("http", ServiceReading.httpPath, "GET this path of the instance's port."),
            Key("tcp", ScalarForm.boolean, "true: connect to the instance's port."),
            Key("log", ScalarForm.regularExpression, "A line of the log matches this regular expression."),
            Key(
                "test", .either([.list(of: .text), .nonEmptyText]),
                "A shell line, [CMD, PROGRAM, ...], [CMD-SHELL, LINE] or [NONE]; passes with exit code 0."),
            Key("disable", ScalarForm.boolean, "true: there is no such probe."),
            Key("port", ServiceReading.probePort, "The port asked; the instance's own by default."),
            Key("headers", .names(of: .text), "Headers of the request."),
            Key("expect_status", ServiceReading.statuses, "The status, or a range of them; 200-399 by default."),
            Key("expect_body", ScalarForm.regularExpression, "The body matches this regular expression too."),
            Key(
                "interval", ScalarForm.positiveDuration, "Between two questions to a healthy instance; 30s by default."),
            Key("timeout", ScalarForm.positiveDuration, "How long an answer may take; 30s by default."),
            Key("retries", ServiceReading.probeCount, "Failures in a row that count; 3 by default."),
            Key("start_period", ScalarForm.duration, "After the start failures do not count for so long."),
            Key(
                "start_interval", ScalarForm.positiveDuration, "Between two questions while it starts; 25ms by default."
            ),
            Key("success_threshold", ServiceReading.probeCount, "Successes in a row that count; 1 by default."),
        ])

    static let readyOn: MappingShape = MappingShape(
        "ready_on", [Key("log", ScalarForm.regularExpression, "The line that says that it is ready.")])
}
