/// Which ids occur in a block, perhaps: a Bloom filter (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable
/// Errors", 1970). It says no for certain; a yes is wrong about once in three hundred.
struct IDFilter: Hashable {
    private static let bitsPerID = 12
    private static let probes = 8

    /// As it is stored: a multiple of eight bytes; empty holds nothing.
    private(set) var bytes: [UInt8]

    /// Of hashes of ids, each given once.
    init(_ hashes: some Collection<UInt64>) {
        bytes = [UInt8](repeating: 0, count: (hashes.count * Self.bitsPerID + 63) / 64 * 8)
        let count = UInt64(bytes.count * 8)
        for hash in hashes {
            for probe in 0..<Self.probes {
                let bit = Self.bit(hash, probe, of: count)
                bytes[bit / 8] |= 1 << UInt8(bit % 8)
            }
        }
    }

    /// Whether an id of this hash may be among those that a stored filter was made of.
    static func mayHold(_ hash: UInt64, _ stored: UnsafeRawBufferPointer) -> Bool {
        guard !stored.isEmpty else { return false }
        let count = UInt64(stored.count * 8)
        for probe in 0..<probes {
            let bit = bit(hash, probe, of: count)
            if stored[bit / 8] & (1 << UInt8(bit % 8)) == 0 { return false }
        }
        return true
    }

    /// Double hashing (Kirsch and Mitzenmacher, "Less Hashing, Same Performance", 2006), scaled without a division.
    @inline(__always)
    private static func bit(_ hash: UInt64, _ probe: Int, of count: UInt64) -> Int {
        let low = hash & 0xFFFF_FFFF
        let high = hash >> 32 | 1
        let mixed = (low &+ UInt64(probe) &* high) & 0xFFFF_FFFF
        return Int((mixed &* count) >> 32)
    }
}

/// The hash of an id, the same in every process: it is stored.
enum IDHash {
    static func of(_ id: String) -> UInt64 {
        var bytes = id
        return bytes.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    /// Eight bytes at a time, each folded in by a multiplication of 64 by 64 bits (after wyhash).
    @inline(__always)
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = mix(UInt64(bytes.count) ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            hash = mix(hash ^ word, 0x8EBC_6AF0_9C88_C6E3)
            index += 8
        }
        var word: UInt64 = 0
        while index < bytes.count {
            word = word << 8 | UInt64(bytes[index])
            index += 1
        }
        return mix(hash ^ word, 0x5899_65CC_7537_4CC3)
    }

    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}

/// Hashes, each once: a table with open addressing, used again for block after block.
struct DistinctHashes {
    /// Most files have few ids: it grows with those that have many.
    private var table = [UInt64](repeating: 0, count: 64)
    private(set) var hashes: [UInt64] = []

    mutating func insert(_ hash: UInt64) {
        // Zero marks a free place.
        let hash = hash == 0 ? 1 : hash
        if place(hash) { hashes.append(hash) }
        if hashes.count * 2 > table.count { grow() }
    }

    mutating func removeAll() {
        hashes.removeAll(keepingCapacity: true)
        for index in table.indices { table[index] = 0 }
    }

    /// False when it is there already.
    private mutating func place(_ hash: UInt64) -> Bool {
        var index = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[index] != 0 {
            if table[index] == hash { return false }
            index = (index + 1) & (table.count - 1)
        }
        table[index] = hash
        return true
    }

    private mutating func grow() {
        table = [UInt64](repeating: 0, count: table.count * 2)
        for hash in hashes { _ = place(hash) }
    }
}
