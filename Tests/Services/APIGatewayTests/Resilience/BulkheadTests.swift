import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct BulkheadTests {
    @Test func `there are as many places as it has, and each comes back once`() throws {
        let bulkhead = Bulkhead(limit: 2)
        let first = try #require(bulkhead.enter())
        var second = bulkhead.enter()
        #expect(second != nil && bulkhead.enter() == nil)
        first.end()
        first.end()
        #expect(bulkhead.count == 1)
        second = nil
        #expect(second == nil && bulkhead.count == 0, "what is let go of comes back")
    }

    @Test func `a cancelled call gives its place back`() async {
        let bulkhead = Bulkhead(limit: 1)
        let call = Task {
            guard let place = bulkhead.enter() else { return }
            await Gate().pass()
            try Task.checkCancellation()
            place.end()
        }
        while bulkhead.count == 0 { await Task.yield() }
        call.cancel()
        _ = await call.result
        #expect(bulkhead.count == 0)
    }
}
