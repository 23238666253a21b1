import ControlAPI
import Manifest
import StateDirectory
import Testing

@testable import msctl

@Suite struct ReconciliationTests {
    @Test(arguments: [
        (status(.running, .healthy), Verdict.ready), (status(.running, .none), .ready),
        (status(.running, .unhealthy), .failed), (status(.running, .healthy, settled: false), .pending),
        (status(.starting, .starting, settled: false), .pending), (status(.waiting, .none, settled: false), .pending),
        (status(.exited, .none, exit: .code(0)), .ready), (status(.exited, .none, exit: .code(1)), .failed),
        (status(.crashLooping, .none), .failed), (status(.failed, .none), .failed), (status(.skipped, .none), .failed),
    ])
    func `an instance is ready, on its way, or failed`(status: InstanceStatus, verdict: Verdict) {
        #expect(Verdict(status, of: Service(name: "a", command: ["a"], workingDirectory: "/")) == verdict)
    }

    @Test func `only a job may end well`() {
        var server = Service(name: "a", command: ["a"], workingDirectory: "/")
        server.healthcheck = Probe(check: .tcp)
        let ended = status(.exited, .none, exit: .code(0))
        #expect(Verdict(ended, of: server) == .failed)
        server.healthcheck = nil
        server.restart.condition = .always
        #expect(Verdict(ended, of: server) == .failed)
    }

    @Test func `it is over when all are ready, or one has failed`() {
        let project = Project(
            name: "p", directory: "/",
            services: [
                Service(name: "a", command: ["a"], workingDirectory: "/"),
                Service(name: "b", command: ["b"], workingDirectory: "/"),
            ])
        let reconciliation = Reconciliation(project: project, instances: [instance("a"), instance("b")])
        var watched = WatchedInstances()
        let starting = status(.starting, .starting, settled: false, service: "b")
        _ = watched.apply(.all([status(.running, .none), starting]))
        #expect(reconciliation.outcome(watched) == nil)
        #expect(reconciliation.pending(watched).map(\.instance) == [instance("b")])
        var ready = watched
        _ = ready.apply(.changed(status(.running, .healthy, service: "b")))
        guard case .ready(let statuses) = reconciliation.outcome(ready) else { return #expect(Bool(false)) }
        #expect(statuses.count == 2)
        _ = watched.apply(.changed(status(.crashLooping, .none, service: "b")))
        guard case .failed(let failed) = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
        #expect(failed.map(\.instance) == [instance("b")])
    }

    @Test func `what somebody else takes down meanwhile is not waited for`() {
        let project = Project(
            name: "p", directory: "/", services: [Service(name: "a", command: ["a"], workingDirectory: "/")])
        let reconciliation = Reconciliation(project: project, instances: [instance("a")])
        var watched = WatchedInstances()
        _ = watched.apply(.all([status(.starting, .starting, settled: false)]))
        #expect(reconciliation.outcome(watched) == nil)
        _ = watched.apply(.removed(instance("a")))
        guard case .takenDown(let gone) = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
        #expect(gone == [instance("a")])
    }

    @Test func `after a restart only a new run counts`() {
        let project = Project(
            name: "p", directory: "/", services: [Service(name: "a", command: ["a"], workingDirectory: "/")])
        let reconciliation = Reconciliation(
            project: project, instances: [instance("a")], formerRuns: [instance("a"): 1])
        var watched = WatchedInstances()
        var status = status(.running, .none)
        status.run = 1
        _ = watched.apply(.all([status]))
        #expect(reconciliation.outcome(watched) == nil)
        status.run = 2
        _ = watched.apply(.changed(status))
        #expect(reconciliation.outcome(watched) != nil)
    }

    @Test func `a new first line replaces what was known`() {
        var watched = WatchedInstances()
        let (a, b) = (status(.running, .none), status(.running, .none, service: "b"))
        #expect(watched.apply(.all([a, b])) == [.changed(a), .changed(b)])
        #expect(watched.apply(.all([b])) == [.removed(a.instance)])
        #expect(watched.apply(.changed(b)) == [])
        #expect(watched.apply(.removed(b.instance)) == [.removed(b.instance)])
        #expect(watched.apply(.removed(b.instance)) == [])
    }

    @Test func `progress tells the time to readiness`() {
        var progress = UpProgress([instance("a")], console: Console(isQuiet: true, noColor: true, environment: [:]))
        var starting = status(.starting, .starting, settled: false)
        starting.since = 1000
        progress.show([.changed(starting)])
        var ready = starting
        ready.state = .running
        ready.health = .healthy
        ready.since = 1084
        #expect(progress.text(ready) == "ready in 84 ms")
        var waiting = status(.waiting, .none)
        waiting.reason = "waiting for b to be healthy"
        #expect(progress.text(waiting) == "waiting for b to be healthy")
        #expect(progress.text(status(.exited, .none, exit: .code(2))) == "exited: exit code 2")
        #expect(progress.text(status(.exited, .none, exit: .code(0))) == "done")
    }

    @Test func `a failed instance is shown with its last probe and its last lines`() {
        var status = status(.running, .unhealthy)
        status.reason = "3 probes failed"
        status.probe = ProbeReport(
            time: 0, outcome: .wrongStatus, latencyMilliseconds: 1.5, detail: "GET /health gave 503", body: "{\n}")
        #expect(
            FailureBlock.lines(status, said: ["database is locked"]) == [
                "a.1  running: 3 probes failed", "  last probe: GET /health gave 503 (1.5 ms)", "    { }",
                "  last lines:", "    database is locked",
            ])
    }

    @Test func `the summary says what is up, where, and how long it took`() {
        let statuses = [status(.running, .healthy), status(.exited, .none, exit: .code(0), service: "b")]
        let summary = UpSummary(
            project: "shop", statuses: statuses, url: "http://127.0.0.1:3000", elapsed: .milliseconds(250),
            isUnchanged: false)
        #expect(summary.text == "shop: 1 instance up, 1 done at http://127.0.0.1:3000 in 250 ms")
        let again = UpSummary(project: "shop", statuses: statuses, url: nil, elapsed: .zero, isUnchanged: true)
        #expect(again.text == "shop: 1 instance up, 1 done; nothing to do")
    }

    @Test(arguments: [
        (WaitCondition.healthy, status(.running, .healthy), WaitCondition.Answer.holds),
        (.healthy, status(.running, .starting, settled: false), .notYet),
        (.healthy, status(.running, .unhealthy), .notYet), (.healthy, status(.failed, .none), .never),
        (.running, status(.running, .unhealthy), .holds), (.running, status(.stopped, .none), .never),
        (.exited, status(.exited, .none, exit: .code(1)), .holds), (.exited, status(.running, .none), .notYet),
        (.exited, status(.skipped, .none), .never), (.log("x"), status(.running, .none), .notYet),
        (.log("x"), status(.exited, .none), .never), (.running, status(.backoff, .none, settled: false), .notYet),
    ])
    func `a condition holds, may come, or will not`(
        condition: WaitCondition, status: InstanceStatus, answer: WaitCondition.Answer
    ) {
        var server = Service(name: "a", command: ["a"], workingDirectory: "/")
        server.healthcheck = Probe(check: .tcp)
        #expect(condition.answer(status, of: server) == answer)
    }

    @Test func `a job that has done its work is healthy, one that failed never will be`() {
        let job = Service(name: "a", command: ["a"], workingDirectory: "/")
        #expect(WaitCondition.healthy.answer(status(.exited, .none, exit: .code(0)), of: job) == .holds)
        #expect(WaitCondition.healthy.answer(status(.exited, .none, exit: .code(1)), of: job) == .never)
        var tolerant = job
        tolerant.restart.successCodes = [3]
        #expect(WaitCondition.healthy.answer(status(.exited, .none, exit: .code(3)), of: tolerant) == .holds)
    }

    @Test func `what is to be restarted has not exited yet`() {
        let ended = status(.exited, .none, settled: false, exit: .code(1))
        #expect(WaitCondition.exited.answer(ended, of: nil) == .notYet)
    }
}
