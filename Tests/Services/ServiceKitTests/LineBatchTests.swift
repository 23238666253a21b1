import Synchronization
import Testing

@testable import ServiceKit

@Suite struct LineBatchTests {
    private final class Pieces: Sendable {
        let all = Mutex<[[UInt8]]>([])

        var sink: LogSink { LogSink { piece in self.all.withLock { $0.append(piece) } } }
    }

    @Test func `lines are written together, whole, in pieces that a pipe takes at once`() {
        let pieces = Pieces()
        let batch = LineBatch(sink: pieces.sink)
        let lengths = [10, 4000, 100, 4096, 5000, 1, 2000, 2000, 95, 2000]
        for _ in 0..<2 {
            for (number, length) in lengths.enumerated() {
                batch.add { line in
                    for _ in 1..<length { line.append(UInt8(ascii: "a") + UInt8(number)) }
                    line.append(0x0A)
                }
            }
            batch.flush()
            batch.flush()
            let written = pieces.all.withLock { all in
                defer { all = [] }
                return all
            }
            let lines = written.joined().split(separator: 0x0A, omittingEmptySubsequences: true)
            #expect(lines.map(\.count) == lengths.filter { $0 > 1 }.map { $0 - 1 })
            #expect(written.allSatisfy { $0.last == 0x0A })
            #expect(written.filter { $0.count > 4096 }.map(\.count) == [5000], "only what is longer by itself")
            #expect(written.count < lengths.count, "nothing is written together")
        }
    }

    @Test func `nothing is written of nothing`() {
        let pieces = Pieces()
        LineBatch(sink: pieces.sink).flush()
        #expect(pieces.all.withLock(\.count) == 0)
    }
}
