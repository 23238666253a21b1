import Testing

@testable import LogStore

/// What the index keeps as bytes, when the bytes are not those that were stored.
@Suite struct StoredBytesTests {
    private func decode(_ bytes: [UInt8], length: Int64) -> GraveLines? {
        bytes.withUnsafeBytes { GraveLines.decode($0, length: length) }
    }

    /// In order, none empty, within a block of that length.
    private func fault(_ lines: GraveLines, length: Int64) -> String? {
        guard let ranges = lines.ranges else { return "read, and broken" }
        var end: Int64 = 0
        for range in ranges {
            if range.lowerBound < end || range.isEmpty { return "\(range) behind \(end)" }
            end = range.upperBound
        }
        return end <= length ? nil : "\(end) in \(length)"
    }

    @Test func `stretches of grave lines come back as they were`() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            var lines = GraveLines()
            var ranges: [Range<Int64>] = []
            var end: Int64 = 0
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let start = end + Int64.random(in: 0...100_000, using: &random)
                end = start + Int64.random(in: 1...100_000, using: &random)
                lines.append(start..<end)
                ranges.append(start..<end)
            }
            #expect(try #require(decode(lines.encoded, length: end)) == lines)
            #expect(lines.ranges == ranges)
            if end > 0 { #expect(decode(lines.encoded, length: end - 1) == nil) }
            // Cut anywhere, they are fewer or none.
            for cut in lines.encoded.indices {
                guard let less = decode(Array(lines.encoded[..<cut]), length: end) else { continue }
                #expect(ranges.starts(with: try #require(less.ranges)))
            }
        }
    }

    @Test func `random bytes are stretches within the block or none`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random) & (Bool.random(using: &random) ? 0xFF : 0x7F)
            }
            for length in [0, 1, 3_000, 262_144, Int64.max] {
                guard let lines = decode(bytes, length: length) else { continue }
                if let fault = fault(lines, length: length) { Issue.record("\(fault): \(bytes), seed \(seed)") }
            }
        }
    }

    @Test func `no sum of stored numbers is too great to be held`() {
        // The largest number there is, until the sums of a million of them would not fit.
        let largest: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        let bytes = Array(repeatElement(largest, count: 2_200_000).joined())
        #expect(decode(bytes, length: .max) == nil)
        #expect(decode(Array(repeating: 0xFF, count: 100), length: .max) == nil)
    }

    @Test func `any bytes are a filter that can be asked`() {
        var random = SplitMix(state: 11)
        for length in Array(0...70) + [4_095, 100_003] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            bytes.withUnsafeBytes { stored in
                for hash in [0, 1, .max, 1 << 63, 0xFFFF_FFFF, random.next()] as [UInt64] {
                    if IDFilter.mayHold(hash, stored), length == 0 { Issue.record("nothing holds \(hash)") }
                }
            }
            let full = [UInt8](repeating: 0xFF, count: length)
            #expect(full.withUnsafeBytes { IDFilter.mayHold(random.next(), $0) } == (length > 0))
        }
    }
}
