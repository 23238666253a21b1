import CLinux
import Foundation
import StateDirectory
import TestSupport

/// Random faults on one project, one step after another, with an audit after each.
final class ChaosRun {
    private let project: ProjectUnderTest
    private let audit: ProjectAudit
    private let doubles: DoubleWatch
    private let faults: FaultInjection
    private var dice: ChaosDice
    private var manifest = ChaosManifest()
    private var history: [String] = []
    /// The last `up` was not interrupted, and nothing since has left doubt about what is wanted.
    private var isCertain = false

    init(seed: UInt64) throws {
        dice = ChaosDice(seed: seed)
        project = try ProjectUnderTest(["a.yaml": manifest.text])
        audit = ProjectAudit(project)
        doubles = DoubleWatch(project.layout)
        faults = FaultInjection(project.layout, audit)
    }

    /// Blocks for about so many seconds.
    /// - Throws: ``ChaosFailed`` with everything that a person needs to understand it.
    func run(seconds: Int) throws -> String {
        defer { doubles.end() }
        let start = ContinuousClock.now
        do {
            try up()
            while ContinuousClock.now - start < .seconds(seconds) {
                let step = dice.step(manifest)
                history.append("\(history.count + 1). \(step)")
                try perform(step)
                try check()
            }
            history.append("the end: down")
            try expect(["down"], [0])
            let left = project.leftovers + (try audit.findingsOfEnds()) + doubles.findings
            if !left.isEmpty { throw AuditFailed(findings: left) }
        } catch {
            throw ChaosFailed(history: history, what: "\(error)", events: EventTail.read(project.layout))
        }
        let took = ContinuousClock.now - start
        return "\(history.count - 1) steps in \(took.components.seconds) s; \(faults.summary); "
            + "\(audit.runs) runs and \(audit.lines) lines checked; \(doubles.looks) looks for an instance twice"
    }

    private func check() throws {
        if try !audit.settle() {
            // Taken down, or killed together with its shim: nobody brings the daemon back but a person.
            history.append("   nothing of the daemon is left: up")
            try up()
            guard try audit.settle() else { throw AuditFailed(findings: ["'up' left no daemon"]) }
        }
        if isCertain { try audit.expect(instances: manifest.instances) }
        if !doubles.findings.isEmpty { throw AuditFailed(findings: doubles.findings) }
    }

    // MARK: Steps

    private func perform(_ step: ChaosStep) throws {
        switch step {
        case .fault(let fault): faults.inject(fault, &dice)
        case .faults(let all): for fault in all { faults.inject(fault, &dice) }
        case .command(let words):
            try command(words)
        case .killedCommand(let words, let after):
            isCertain = false
            try interrupt(words, after)
        case .faultDuring(let words, let every, let fault):
            try command(words, every: every, fault)
        case .change(let change, let killAfter):
            try apply(change)
            if let killAfter {
                isCertain = false
                try interrupt(["up"], killAfter)
            } else {
                try up()
            }
        }
    }

    private func apply(_ change: ChaosStep.Change) throws {
        switch change {
        case .definition(let name): manifest.change(name)
        case .replicas(let name, let count): manifest.scale(name, to: count)
        case .extra: manifest.toggleExtra()
        }
        try project.add("a.yaml", manifest.text)
    }

    private func up() throws {
        try expect(["up"], [0])
        isCertain = true
    }

    /// Runs a command to its end, with faults meanwhile or none.
    private func command(_ words: [String], every: Int = 0, _ fault: ChaosStep.Fault? = nil) throws {
        // An earlier fault may have killed its shim: nobody brings such a daemon back, and the command says so.
        let daemonReturns = FileLock.isHeld(project.layout.daemonShimLock)
        let running = try project.start(words)
        var count = 0
        while let fault, count < 5, !running.ends(within: Int32(every)) {
            faults.inject(fault, &dice)
            count += 1
        }
        let result = try end(running, words)
        let mayFail: Bool
        switch fault {
        case .killDaemon where !daemonReturns: mayFail = true
        case nil, .killDaemon: mayFail = !isCertain && words != ["up"] && words != ["down"]
        default: mayFail = true
        }
        // `kill` finds nobody when the service has just ended.
        let isFine = result.code == 0 || (words[0] == "kill" && result.code == 3)
        if !isFine, !mayFail { throw AuditFailed(findings: ["msctl \(words.joined(separator: " ")): \(result)"]) }
        history.append("   exit \(result.code)" + (count > 0 ? " after \(count) faults" : ""))
        if words == ["up"], result.code == 0 {
            isCertain = true
        } else if fault != nil, !mayFail || words[0] != "restart" {
            isCertain = false
        }
        if words == ["down"] { try up() }
    }

    private func interrupt(_ words: [String], _ milliseconds: Int) throws {
        let running = try project.start(words)
        if !running.ends(within: Int32(milliseconds)) {
            running.send(SIGKILL)
            faults.count("command")
        }
        _ = try running.wait()
    }

    private func expect(_ words: [String], _ codes: Set<Int32>) throws {
        let result = try end(try project.start(words), words)
        guard codes.contains(result.code) else {
            throw AuditFailed(findings: ["msctl \(words.joined(separator: " ")): \(result)"])
        }
    }

    private func end(_ running: RunningCommand, _ words: [String]) throws -> CommandResult {
        if !running.ends(within: 240_000) {
            running.send(SIGKILL)
            throw AuditFailed(findings: ["msctl \(words.joined(separator: " ")) hangs: \(try running.wait())"])
        }
        return try running.wait()
    }
}

/// What random faults have brought to light.
struct ChaosFailed: Error, CustomStringConvertible {
    let history: [String]
    let what: String
    let events: [String]

    var description: String {
        """
        \(what)
        --- the steps so far
        \(history.joined(separator: "\n"))
        --- the last events
        \(events.joined(separator: "\n"))
        """
    }
}
