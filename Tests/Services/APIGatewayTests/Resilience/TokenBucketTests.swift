import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct TokenBucketTests {
    private let time = ManualInstant()

    private func buckets(_ burst: Int, perMinute: Int, capacity: Int = 100) -> TokenBuckets<Int> {
        TokenBuckets(
            TokenQuota(burst: burst, perMinute: perMinute), capacity: capacity, now: { [time] in time.now })
    }

    @Test func `a burst passes, then one at each interval`() {
        let buckets = buckets(3, perMinute: 60)
        #expect((0..<5).map { _ in buckets.take(1) } == [true, true, true, false, false])
        #expect(buckets.take(2), "another has its own")
        time.advance(by: .milliseconds(999))
        #expect(!buckets.take(1))
        time.advance(by: .milliseconds(1))
        #expect(buckets.take(1) && !buckets.take(1))
        time.advance(by: .seconds(3600))
        #expect((0..<5).map { _ in buckets.take(1) } == [true, true, true, false, false])
    }

    @Test func `the level says what is left and when there is more`() {
        let buckets = buckets(3, perMinute: 20)
        #expect(buckets.level(of: 1).remaining == 3 && buckets.level(of: 1).nextAfter == nil)
        _ = buckets.take(1)
        #expect(buckets.level(of: 1).remaining == 2 && buckets.level(of: 1).nextAfter == 3)
        time.advance(by: .milliseconds(1500))
        _ = buckets.take(1)
        #expect(buckets.level(of: 1).remaining == 1 && buckets.level(of: 1).nextAfter == 2)
        _ = buckets.take(1)
        #expect(buckets.level(of: 1).remaining == 0 && buckets.level(of: 1).nextAfter == 2)
        time.advance(by: .milliseconds(1500))
        #expect(buckets.level(of: 1).remaining == 1 && buckets.level(of: 1).nextAfter == 3)
    }

    @Test func `who takes a token learns what is left in one go`() {
        let (one, other) = (buckets(3, perMinute: 20), buckets(3, perMinute: 20))
        for _ in 0..<200 {
            let (taken, level) = one.takeWithLevel(1)
            #expect(taken == other.take(1))
            #expect(level == other.level(of: 1))
            time.advance(by: .milliseconds(Int.random(in: 0...4000)))
        }
        while one.takeWithLevel(2).taken {}
        #expect(one.takeWithLevel(2).level == one.level(of: 2) && one.level(of: 2).remaining == 0)
    }

    @Test func `a window is the time in which an empty bucket fills`() {
        #expect(TokenQuota(burst: 100, perMinute: 100).window == 60)
        #expect(TokenQuota(burst: 10, perMinute: 100).window == 6)
        #expect(TokenQuota(burst: 1, perMinute: 60_000).window == 1)
    }

    @Test func `a flood of new keys takes bounded room and frees nobody who is held back`() {
        let buckets = buckets(5, perMinute: 1)
        while buckets.take(-1) {}
        for key in 0..<10_000 {
            _ = buckets.take(key)
            #expect(buckets.count <= 100)
        }
        #expect(!buckets.take(-1))
    }

    @Test func `full buckets are forgotten before any other`() {
        let buckets = buckets(2, perMinute: 60)
        for key in 0..<60 { _ = buckets.take(key) }
        time.advance(by: .milliseconds(1500))
        for key in 60..<100 { _ = buckets.take(key) }
        #expect(buckets.count == 100)
        _ = buckets.take(100)
        #expect(buckets.count == 41)
        #expect((60..<101).allSatisfy { buckets.level(of: $0).remaining == 1 })
    }

    @Test func `a token's fingerprint is its own`() {
        #expect(TokenFingerprint(of: "a.b.c") == TokenFingerprint(of: "a.b.c"))
        #expect(TokenFingerprint(of: "a.b.c") != TokenFingerprint(of: "a.b.d"))
    }
}
