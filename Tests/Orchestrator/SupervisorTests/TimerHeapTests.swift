import Supervisor
import TestSupport
import Testing

@Suite struct TimerHeapTests {
    @Test func `times come out in order, equal ones as they were added`() {
        var heap = TimerHeap<String>()
        _ = heap.add(due: 30, "c")
        _ = heap.add(due: 10, "a")
        _ = heap.add(due: 20, "b1")
        _ = heap.add(due: 20, "b2")
        #expect(heap.nextDue == 10)
        #expect(heap.popDue(9) == nil)
        #expect(["a", "b1", "b2"].allSatisfy { heap.popDue(25) == $0 })
        #expect(heap.popDue(25) == nil)
        #expect(heap.nextDue == 30)
    }

    @Test func `what was taken back does not come, whatever the order of taking`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        var heap = TimerHeap<Int>()
        var expected: [Int: Int64] = [:]
        for _ in 0..<20_000 {
            switch random.next() % 5 {
            case 0, 1, 2:
                let due = Int64(random.next() % 1_000)
                let id = heap.add(due: due, expected.count)
                #expect(expected.updateValue(due, forKey: id) == nil)
            case 3:
                if let id = expected.keys.randomElement(using: &random) {
                    heap.remove(id)
                    expected[id] = nil
                }
            default:
                let next = expected.values.min()
                #expect(heap.nextDue == next, "seed \(seed)")
                guard let next, heap.popDue(next) != nil else { continue }
                // Which of several equal ones it was is the other test's matter.
                guard let id = expected.filter({ $0.value == next }).keys.min() else { continue }
                expected[id] = nil
            }
        }
        let rest = expected.values.sorted()
        for due in rest {
            #expect(heap.nextDue == due)
            _ = heap.popDue(due)
        }
        #expect(heap.isEmpty)
        heap.remove(12_345)
    }
}
