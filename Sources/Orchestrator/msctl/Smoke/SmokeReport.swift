/// The outcome of the check: for people, for programs, and for CI.
struct SmokeReport {
    let results: [SmokeResult]

    var failed: SmokeResult? { results.first { $0.failure != nil } }

    static func line(_ result: SmokeResult, _ style: Style) -> String {
        let mark = result.failure == nil ? style.green("✓") : style.red("✗")
        return "\(mark) \(result.step.rawValue)  \(style.dim(TimeText.elapsed(result.duration)))"
    }

    /// JUnit XML, as CI systems read it; steps that were not reached are skipped.
    var junit: String {
        let skipped = SmokeStep.allCases.count - results.count
        let total = results.reduce(Duration.zero) { $0 + $1.duration }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites>"#,
            #"  <testsuite name="msctl smoke" tests="\#(SmokeStep.allCases.count)" "#
                + #"failures="\#(failed == nil ? 0 : 1)" skipped="\#(skipped)" time="\#(Self.seconds(total))">"#,
        ]
        for step in SmokeStep.allCases {
            let result = results.first { $0.step == step }
            let time = Self.seconds(result?.duration ?? .zero)
            let open = #"    <testcase classname="msctl.smoke" name="\#(Self.escaped(step.rawValue))" time="\#(time)""#
            switch (result, result?.failure) {
            case (nil, _): lines.append(open + "><skipped/></testcase>")
            case (_, let failure?):
                lines.append(open + #"><failure message="\#(Self.escaped(failure))"/></testcase>"#)
            case (_, nil): lines.append(open + "/>")
            }
        }
        return (lines + ["  </testsuite>", "</testsuites>", ""]).joined(separator: "\n")
    }

    private static func seconds(_ duration: Duration) -> String {
        let microseconds = Int((duration / .microseconds(1)).rounded())
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            // XML 1.0 has no other control characters.
            case _ where scalar.value < 32 && scalar != "\t" && scalar != "\n": " "
            default: String(scalar)
            }
        }.joined()
    }
}

/// `msctl.smoke/1`.
struct SmokeDocument: Encodable {
    struct Step: Encodable {
        let name: String
        let milliseconds: Double
        let passed: Bool
        let failure: String?
    }
    let schema = "msctl.smoke/1"
    let passed: Bool
    let steps: [Step]

    init(_ report: SmokeReport) {
        passed = report.failed == nil
        steps = report.results.map { result in
            Step(
                name: result.step.rawValue, milliseconds: (result.duration / .microseconds(1)).rounded() / 1000,
                passed: result.failure == nil, failure: result.failure)
        }
    }
}
