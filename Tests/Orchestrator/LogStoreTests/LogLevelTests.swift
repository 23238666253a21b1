import LogStore
import Testing

@Suite struct LogLevelTests {
    @Test(arguments: [
        ("trace", LogLevel.trace), ("TRACE", .trace), ("silly", .trace), ("10", .trace),
        ("debug", .debug), ("verbose", .debug), ("20", .debug),
        ("info", .info), ("Information", .info), ("INFO", .info), ("30", .info), ("notice", .notice),
        ("warn", .warning), ("Warning", .warning), ("40", .warning),
        ("err", .error), ("ERROR", .error), ("50", .error),
        ("critical", .critical), ("crit", .critical), ("fatal", .critical), ("panic", .critical), ("emerg", .critical),
        ("emergency", .critical), ("alert", .critical), ("60", .critical),
    ])
    func `a level is read as loggers spell it`(_ text: String, _ level: LogLevel) {
        #expect(LogLevel(text) == level)
    }

    @Test(arguments: ["", "i", "infos", "inf", "informatics!", "70", "00", "9", "warn ", "ünfo", "errorerror"])
    func `anything else is no level`(_ text: String) {
        #expect(LogLevel(text) == nil)
    }

    @Test func `every level is read back from its own name, and they are in order`() {
        for level in LogLevel.allCases { #expect(LogLevel(level.name) == level) }
        #expect(LogLevel.allCases.sorted() == LogLevel.allCases)
    }
}
