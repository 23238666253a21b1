import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the machine, the installation and the project, and say what to do.",
        discussion: "Exits 1 when a check fails; warnings do not count. --format json is msctl.doctor/1.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let console = global.context.console
        let findings = try await DoctorRun(context: global.context).findings()
        let document = DoctorDocument(findings)
        switch global.format {
        case .json: console.result(JSONOutput.document(document))
        case .table:
            let shown = console.isQuiet ? findings.filter { $0.verdict != .ok } : findings
            if !shown.isEmpty { console.result(DoctorText.rendered(shown, style: console.outputStyle)) }
        }
        guard document.fail == 0 else {
            throw CommandFailure.failed("\(document.fail) of \(findings.count) checks failed")
        }
    }
}
