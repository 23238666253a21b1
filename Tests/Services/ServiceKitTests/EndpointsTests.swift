import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct EndpointsTests {
    private func document(_ ports: Int...) -> String {
        let list = ports.map { #"{"instance":"user-service.\#($0)","url":"http://127.0.0.1:\#($0)"}"# }
        return #"{"schema":"msctl.endpoints/1","services":{"user-service":[\#(list.joined(separator: ","))]}}"#
    }

    @Test func `a replaced file is seen and a broken one leaves the last good answer`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("endpoints.json", document(1))
        let time = ManualInstant()
        let endpoints = Endpoints(path: path, logger: LogCapture().logger(), now: { time.now })
        #expect(endpoints.ready("user-service").map(\.instance) == ["user-service.1"])
        #expect(endpoints.ready("unknown").isEmpty)

        try directory.write("endpoints.json", document(1, 2))
        #expect(endpoints.ready("user-service").count == 1, "looked again too soon")
        time.advance(by: .milliseconds(20))
        #expect(endpoints.ready("user-service").count == 2)

        try directory.write("endpoints.json", #"{"schema":"msctl.endpoints/1","services":{"user-service":[{}]}}"#)
        time.advance(by: .milliseconds(20))
        #expect(endpoints.ready("user-service").count == 2)

        try FileManager.default.removeItem(atPath: path)
        time.advance(by: .milliseconds(20))
        #expect(endpoints.ready("user-service").count == 2)

        try directory.write("endpoints.json", document())
        time.advance(by: .milliseconds(20))
        #expect(endpoints.ready("user-service").isEmpty)
    }

    @Test(arguments: ["", "{}", #"{"schema":"msctl.endpoints/2","services":{}}"#, #"{"schema":"msctl.endpoints/1"}"#])
    func `a file of another kind is not understood`(text: String) {
        #expect(Endpoints.parse(Array(text.utf8)) == nil)
    }
}
