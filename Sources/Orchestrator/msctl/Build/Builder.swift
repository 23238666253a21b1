import Manifest
import StateDirectory

/// Builds what is out of date.
struct Builder {
    let layout: StateLayout
    let console: Console
    let environment: [String: String]

    struct Outcome: Equatable {
        var built: [String] = []
        var upToDate: [String] = []
    }

    /// SwiftPM takes one product a call, so each unit is a call of its own; they share its build directory.
    ///
    /// - Parameter always: also what seems to be up to date; the build itself then finds out.
    func build(_ services: [Service], always: Bool = false) async throws(CommandFailure) -> Outcome {
        var outcome = Outcome()
        for unit in BuildUnit.units(of: services) {
            // Taken before the build: what is changed while it runs makes the next one.
            let fingerprint = try unit.fingerprint()
            if !always, try !isOutOfDate(unit, fingerprint) {
                outcome.upToDate.append(unit.name)
                continue
            }
            try await run(unit)
            try BuildStamp(unit, fingerprint: fingerprint).write(unit, in: layout)
            outcome.built.append(unit.name)
        }
        return outcome
    }

    func isOutOfDate(_ unit: BuildUnit, _ fingerprint: Fingerprint) throws(CommandFailure) -> Bool {
        guard let stamp = try BuildStamp.read(unit, in: layout) else { return true }
        return stamp != BuildStamp(unit, fingerprint: fingerprint)
    }

    private func run(_ unit: BuildUnit) async throws(CommandFailure) {
        let started = ContinuousClock.now
        let progress = BuildProgress(name: unit.name, console: console)
        progress.begin()
        let run = BuildRun(command: unit.command, directory: unit.build.context, environment: environment)
        var output: [String] = []
        do {
            for try await event in run.events() {
                switch event {
                case .line(let line):
                    output.append(line)
                    progress.show(line, after: ContinuousClock.now - started)
                case .ended(let code) where code != 0:
                    progress.end(nil)
                    throw CommandFailure.failed(
                        "\(unit.name) cannot be built (exit code \(code))",
                        hint: "in \(unit.build.context): \(unit.command.joined(separator: " "))",
                        details: BuildOutput.errors(in: output))
                case .ended:
                    progress.end(ContinuousClock.now - started)
                }
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            progress.end(nil)
            throw .failed("\(unit.name) cannot be built: \(error)")
        }
    }
}
