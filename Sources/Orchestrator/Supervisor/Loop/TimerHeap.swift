/// Times at which something is to be done, the earliest first; any of them can be taken back.
///
/// A binary heap that knows where each entry is: adding and taking back cost the logarithm of their number, and nothing
/// that was taken back stays in memory until its time.
package struct TimerHeap<Payload> {
    private struct Entry {
        let due: Int64
        let id: Int
        let payload: Payload

        /// Equal times in the order in which they were added.
        func isBefore(_ other: Entry) -> Bool { (due, id) < (other.due, other.id) }
    }

    private var entries: [Entry] = []
    private var places: [Int: Int] = [:]
    private var lastID = 0

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// The earliest time.
    package var nextDue: Int64? { entries.first?.due }

    /// Adds a time; the number takes it back.
    package mutating func add(due: Int64, _ payload: Payload) -> Int {
        lastID += 1
        entries.append(Entry(due: due, id: lastID, payload: payload))
        places[lastID] = entries.count - 1
        rise(from: entries.count - 1)
        return lastID
    }

    /// Takes a time back; does nothing when it is over or unknown.
    package mutating func remove(_ id: Int) {
        guard let place = places[id] else { return }
        remove(at: place)
    }

    /// Takes the earliest entry out if its time has come.
    package mutating func popDue(_ now: Int64) -> Payload? {
        guard let first = entries.first, first.due <= now else { return nil }
        remove(at: 0)
        return first.payload
    }

    private mutating func remove(at place: Int) {
        swap(place, entries.count - 1)
        places[entries.removeLast().id] = nil
        guard place < entries.count else { return }
        rise(from: place)
        sink(from: place)
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0, entries[place].isBefore(entries[(place - 1) / 2]) {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].isBefore(entries[least]) { least = child }
            }
            if least == place { return }
            swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        entries.swapAt(a, b)
        places[entries[a].id] = a
        places[entries[b].id] = b
    }
}
