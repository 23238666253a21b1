import ArgumentParser
import StateDirectory
import SystemPackage

struct SmokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke", abstract: "Check a running shop from end to end, each step timed.",
        discussion: "It makes two users, two products and an order, all of them named after the check.")

    @Option(help: ArgumentHelp("Also write JUnit XML.", valueName: "file"), completion: .file())
    var junit: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        let run = SmokeRun(shop: try Shop(context), layout: layout)
        let report = SmokeReport(results: await results(of: run, console: context.console))
        if let junit {
            let path = context.currentDirectory.pushing(FilePath(junit))
            try CommandFailure.reading { () throws(StateError) in
                try AtomicFile.write(Array(report.junit.utf8), to: path, mode: 0o644)
            }
        }
        if global.format == .json { context.console.result(JSONOutput.document(SmokeDocument(report))) }
        if let failed = report.failed {
            throw CommandFailure.failed(
                Table.Cell("\(failed.step.rawValue): \(failed.failure ?? "")").text,
                hint: run.requestID.isEmpty
                    ? "msctl status" : Table.Cell("the last request was \(run.requestID)").text,
                details: run.linesOfLastRequest(30))
        }
    }

    /// Ends with the first step that fails; each is told as it ends.
    private func results(of run: SmokeRun, console: Console) async -> [SmokeResult] {
        var results: [SmokeResult] = []
        for step in SmokeStep.allCases {
            let started = ContinuousClock.now
            let failure: String?
            do {
                try await run.perform(step)
                failure = nil
            } catch let error as SmokeFailure {
                failure = error.message
            } catch let error as CommandFailure {
                failure = ([error.message] + error.details).joined(separator: "; ")
            } catch {
                failure = "\(error)"
            }
            let result = SmokeResult(step: step, duration: ContinuousClock.now - started, failure: failure)
            results.append(result)
            if global.format == .table && !console.isQuiet {
                console.result(SmokeReport.line(result, console.outputStyle))
            }
            if failure != nil { break }
        }
        return results
    }
}
