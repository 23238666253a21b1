import ArgumentParser
import StateDirectory

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say of each service that is not well what the cause is, and what to do about it.",
        discussion: """
            What a service waits for is followed to the one with which something is wrong; of that one the last exit, the \
            failing probe, the holder of its port and its last error line are shown. Nothing is asked of the daemon. \
            --format json is msctl.why/1.
            """)

    @Argument(help: "Services or instances to explain; all that are not well by default.")
    var services: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let console = global.context.console
        let report = try WhyReport.read(try global.context.layout(), services: services)
        let now = TimeText.nowMilliseconds
        if global.format == .json {
            return console.result(JSONOutput.document(WhyDocument(report, now: now)))
        }
        if report.daemon == .absent {
            console.result("msctld is not running: nothing is probed or restarted\n  next: msctl up")
        }
        for status in report.well {
            let age = TimeText.coarse(.milliseconds(now - status.since))
            let health = status.health == .none ? "" : " and \(status.health.rawValue)"
            console.result("\(status.instance) is well: \(status.state.rawValue)\(health) for \(age)")
        }
        if !report.diagnoses.isEmpty {
            console.result(WhyText(now: now, style: console.outputStyle).rendered(report.diagnoses))
        } else if report.well.isEmpty && report.daemon != .absent {
            console.result("nothing is wrong")
        }
    }
}
