import StateDirectory
import TestSupport
import Testing

@Suite struct KeyRotationTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }
    private var rotation: KeyRotation { KeyRotation(of: "key", in: layout) }

    @Test func `a new key is published behind the one that signs, and then takes its place`() throws {
        #expect(throws: StateError.self) { try rotation.publish() }
        try SecretStore(layout: layout).generate("key")
        let old = try rotation.keys()
        try rotation.publish()
        let published = try rotation.keys()
        #expect(published.count == 2 && published[0] == old[0] && published[1] != old[0] && published[1].count == 43)
        try rotation.sign()
        #expect(try rotation.keys() == published.reversed())
        #expect(try rotation.isUnderWay())
        try rotation.end()
        #expect(try !rotation.isUnderWay())
    }

    @Test func `one more forgets the oldest key`() throws {
        try SecretStore(layout: layout).generate("key")
        for _ in 0..<2 { try rotate() }
        let before = try rotation.keys()
        try rotate()
        let after = try rotation.keys()
        #expect(after.count == 2 && after[1] == before[0] && !before.contains(after[0]))
    }

    @Test(arguments: 0...2)
    func `one that is interrupted after any step goes on with the same key`(step: Int) throws {
        try SecretStore(layout: layout).generate("key")
        let old = try rotation.keys()[0]
        let steps: [() throws -> Void] = [rotation.publish, rotation.sign]
        for step in steps.prefix(step) { try step() }
        let begun = try rotation.keys()
        try rotate()
        let keys = try rotation.keys()
        #expect(keys.count == 2 && keys[1] == old)
        if begun.count == 2 { #expect(begun.contains(keys[0])) }
        #expect(try !rotation.isUnderWay())
    }

    @Test func `two at once are one and a refusal`() throws {
        #expect(throws: StateError.self) { try locks() }
        try SecretStore(layout: layout).generate("key")
        do {
            let first = try rotation.lock()
            defer { withExtendedLifetime(first) {} }
            #expect(try !locks())
        }
        #expect(try locks())
    }

    /// Whether the lock is to be had.
    private func locks() throws -> Bool {
        if let lock = try rotation.lock() {
            withExtendedLifetime(lock) {}
            return true
        }
        return false
    }

    private func rotate() throws {
        try rotation.publish()
        try rotation.sign()
        try rotation.end()
    }
}
