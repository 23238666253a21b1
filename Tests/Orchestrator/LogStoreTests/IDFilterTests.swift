import Testing

@testable import LogStore

@Suite struct IDFilterTests {
    private func mayHold(_ id: String, _ filter: IDFilter) -> Bool {
        filter.bytes.withUnsafeBytes { IDFilter.mayHold(IDHash.of(id), $0) }
    }

    @Test(arguments: [1, 2, 10, 1_500]) func `what is in is found, and little else`(_ count: Int) {
        var hashes = DistinctHashes()
        for number in 0..<count {
            hashes.insert(IDHash.of("id-\(number)"))
            hashes.insert(IDHash.of("id-\(number)"))
        }
        #expect(hashes.hashes.count == count)
        let filter = IDFilter(hashes.hashes)
        for number in 0..<count { #expect(mayHold("id-\(number)", filter)) }
        let wrong = (0..<20_000).count { mayHold("other-\($0)", filter) }
        #expect(wrong < 200)
    }

    @Test func `a block without ids holds none`() {
        #expect(!mayHold("a", IDFilter([])))
    }

    @Test func `a table of hashes can be used again`() {
        var hashes = DistinctHashes()
        for number in 0..<10_000 { hashes.insert(UInt64(number)) }
        // Zero marks a free place and becomes one.
        #expect(hashes.hashes.count == 9_999)
        hashes.removeAll()
        #expect(hashes.hashes.isEmpty)
        hashes.insert(7)
        #expect(hashes.hashes == [7])
    }

    @Test func `the hash of an id never changes, for it is stored`() {
        #expect(IDHash.of("") == IDHash.of(""))
        #expect(IDHash.of("4bf92f3577b34da6a3ce929d0e0e4736") != IDHash.of("4bf92f3577b34da6a3ce929d0e0e4737"))
    }
}
