import Testing

@testable import msctl

@Suite struct SmokeTests {
    @Test func `a step is told with its time`() {
        let passed = SmokeResult(step: .placeOrder, duration: .microseconds(12_300), failure: nil)
        #expect(SmokeReport.line(passed, .plain) == "✓ place an order of both  12 ms")
        let failed = SmokeResult(step: .register, duration: .microseconds(1_500), failure: "x")
        #expect(SmokeReport.line(failed, .plain) == "✗ register two users  1.5 ms")
    }

    @Test func `JUnit has every step, passed, failed or skipped`() {
        let report = SmokeReport(results: [
            SmokeResult(step: .status, duration: .milliseconds(2), failure: nil),
            SmokeResult(step: .register, duration: .milliseconds(30), failure: "gives <500> & \"more\"\u{1B}"),
        ])
        let lines = report.junit.split(separator: "\n").map(String.init)
        #expect(
            lines[2]
                == #"  <testsuite name="msctl smoke" tests="11" failures="1" skipped="9" time="0.032000">"#)
        #expect(
            lines[3] == #"    <testcase classname="msctl.smoke" name="every service is ready" time="0.002000"/>"#)
        #expect(
            lines[4]
                == #"    <testcase classname="msctl.smoke" name="register two users" time="0.030000">"#
                + #"<failure message="gives &lt;500&gt; &amp; &quot;more&quot; "/></testcase>"#)
        #expect(
            lines[5]
                == #"    <testcase classname="msctl.smoke" name="log in as both" time="0.000000"><skipped/></testcase>"#
        )
        #expect(lines.count == 3 + 11 + 2)
    }

    @Test func `as JSON each step has its milliseconds`() {
        let report = SmokeReport(results: [SmokeResult(step: .status, duration: .microseconds(1500), failure: nil)])
        #expect(
            JSONOutput.line(SmokeDocument(report))
                == #"{"passed":true,"schema":"msctl.smoke/1","steps":[{"milliseconds":1.5,"name":"every service is ready","passed":true}]}"#
        )
    }

    @Test func `random ids are as long as asked and not alike`() {
        let ids = (0..<100).map { _ in SmokeClient.hexadecimal(8) }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) })
    }
}
