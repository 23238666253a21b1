import CurlClient
import Manifest
import Testing

@testable import msctl

@Suite struct FailureTests {
    @Test(
        arguments: [
            (CommandFailure.failed("m"), 1), (.nothingRunning("m"), 3), (.usage("m"), 64), (.refused("m"), 65),
            (.unreachable("m"), 69), (.timedOut("m"), 75), (.notAllowed("m"), 77), (.manifest("m"), 78),
            (.notExecutable("m"), 126), (.noProgram("m"), 127),
        ] as [(CommandFailure, Int32)])
    func `every failure has its exit code`(failure: CommandFailure, code: Int32) {
        #expect(failure.exitCode == code)
        #expect(FailureReport(failure).code == code)
    }

    @Test func `a failure says what happened, what is known and what to do`() {
        let failure = CommandFailure.timedOut("a.1 is not ready", hint: "msctl logs a", details: ["one", "two"])
        #expect(
            FailureReport(failure).rendered(as: .table, style: .plain) == """
                msctl: a.1 is not ready
                  one
                  two
                  → msctl logs a
                """)
    }

    @Test func `a failure as JSON is one line with every member`() {
        #expect(
            FailureReport(.manifest("wrong")).rendered(as: .json, style: .plain)
                == #"{"code":78,"details":[],"hint":null,"message":"wrong","schema":"msctl.error/1"}"#)
        #expect(
            FailureReport(.failed("a/b", hint: "h", details: ["d"])).rendered(as: .json, style: .plain)
                == #"{"code":1,"details":["d"],"hint":"h","message":"a/b","schema":"msctl.error/1"}"#)
    }

    @Test func `a usage error is the parser's message with the usage as details`() {
        let report = FailureReport(usage: "Error: Missing expected argument\nUsage: msctl stop\n", code: 64)
        #expect(report.message == "Missing expected argument")
        #expect(report.details == ["Usage: msctl stop"])
        #expect(report.code == 64)
    }

    @Test(
        arguments: [
            (CurlError.refused("x"), 69), (.resolve("x"), 69), (.interrupted("x"), 69),
            (.other(code: 7, message: "x"), 69),
            (.tooLarge(limit: 1), 69), (.timedOut, 75), (.libraryMissing("x"), 1), (.cancelled, 1),
        ] as [(CurlError, Int32)])
    func `what goes wrong on the wire has a code`(error: CurlError, code: Int32) {
        #expect(CommandFailure(error, peer: "p").exitCode == code)
    }

    @Test(
        arguments: [
            (400, 65), (401, 77), (403, 77), (404, 65), (409, 65), (422, 65), (429, 65), (500, 69), (503, 69),
            (504, 69),
        ] as [(Int, Int32)])
    func `what the API answers has a code`(status: Int, code: Int32) {
        let response = CurlResponse(status: status, headers: [], body: [], duration: .zero)
        #expect(CommandFailure(response).exitCode == code)
    }

    @Test func `the format is known even when the arguments cannot be parsed`() {
        #expect(EntryPoint.format(["stop", "--bogus", "--format", "json"]) == .json)
        #expect(EntryPoint.format(["stop", "--format=json"]) == .json)
        #expect(EntryPoint.format(["stop", "json"]) == .table)
        #expect(EntryPoint.format(["run", "--", "stop", "--format", "json"]) == .table)
    }
}
