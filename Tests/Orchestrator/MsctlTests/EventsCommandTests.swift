import ArgumentParser
import StateDirectory
import Testing

@testable import msctl

@Suite struct EventsCommandTests {
    private let event = StoredEvent(
        sequence: 7, time: 1_500, event: "exited", service: "a", instance: "a.1", run: 3,
        detail: "exited with \u{1B}code 3")

    @Test func `as JSON an event is one line with its documented members`() {
        #expect(
            EventPrinter(format: .json, style: .plain, columns: 0).line(event)
                == #"{"detail":"exited with \u001bcode 3","event":"exited","instance":"a.1","run":3,"schema":"msctl.event/1","#
                + #""seq":7,"service":"a","time":"1970-01-01T00:00:01.500Z"}"#)
        let bare = StoredEvent(sequence: 8, time: 0, event: "started", service: "a", instance: "a.1", run: 3)
        #expect(!EventPrinter(format: .json, style: .plain, columns: 0).line(bare).contains("detail"))
    }

    @Test func `for people it is a line that no foreign byte disturbs`() {
        let printer = EventPrinter(format: .table, style: .plain, columns: 5)
        #expect(printer.line(event).hasSuffix("  a.1    run 3    exited         exited with \\u{1b}code 3"))
        let bare = StoredEvent(sequence: 8, time: 0, event: "anything", service: "a", instance: "a.1", run: 0)
        #expect(printer.line(bare).hasSuffix("  a.1             anything"))
    }

    @Test func `-f follows, and every event is explained`() throws {
        #expect(try EventsCommand.parse(["-f", "a", "--tail", "5", "--since", "10m"]).follow)
        for name in EventName.allCases { #expect(EventsCommand.helpMessage().contains("\(name.rawValue): ")) }
    }

    @Test(arguments: [["--tail", "-1"], ["--since", "yesterday"], ["--format", "yaml"]])
    func `what makes no sense is a usage error`(arguments: [String]) {
        #expect { try EventsCommand.parse(arguments) } throws: { EventsCommand.exitCode(for: $0) == .validationFailure }
    }
}
