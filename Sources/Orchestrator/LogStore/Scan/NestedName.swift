/// A key's name, joined with those of the objects around it: `id` in `request` in `http` is `http.request.id`. Held as
/// a number of sixteen bytes, the first one lowest; no name of ours is longer.
struct NestedName {
    private let bytes: UInt128
    private let length: Int

    @inline(__always)
    private init(_ bytes: UInt128, length: Int) {
        self.bytes = bytes
        self.length = length
    }

    @inline(__always)
    init?(_ key: Range<Int>, of line: LineBytes) {
        guard key.count <= 16 else { return nil }
        let words = line.words(key)
        self.init(UInt128(words.tail) << 64 | UInt128(words.first), length: key.count)
    }

    /// The name of a key within the object of this name.
    func appending(_ child: NestedName) -> NestedName? {
        guard length + 1 + child.length <= 16 else { return nil }
        let tail = child.bytes << 8 | UInt128(UInt8(ascii: "."))
        return NestedName(bytes | tail << (8 * length), length: length + 1 + child.length)
    }

    var key: KeyName? {
        KeyName(UInt64(truncatingIfNeeded: bytes), length: length, tail: UInt64(truncatingIfNeeded: bytes >> 64))
    }

    /// Whether the keys within an object of this name are looked at.
    @inline(__always)
    var isParent: Bool {
        switch (length, bytes) {
        case (2, 0x6464): true  // dd
        case (3, 0x67_6F6C), (3, 0x71_6572): true  // log, req
        case (4, 0x7074_7468), (4, 0x6E61_7073): true  // http, span
        case (4, 0x7964_6F62), (4, 0x7964_6F42): true  // body, Body
        case (5, 0x65_6361_7274): true  // trace
        case (12, 0x7473_6575_7165_722E_7074_7468): true  // http.request
        default: false
        }
    }
}

extension ObjectWalk {
    /// Takes the message that is an object: OpenTelemetry says in it of what kind its text is, `{"stringValue":"…"}`.
    @inline(never)
    func takeMessage(_ key: Range<Int>, _ object: FieldText, into fields: inout LineFields) -> Int {
        if let name = NestedName(key, of: bytes), name.isParent {
            let taken = takeFields(within: name, object, into: &fields)
            if taken > 0 { return taken }
        }
        return fields.take(.message, object, bytes) ? 1 : 0
    }

    /// Takes the fields of the object that stands under `name`, a parent's. Returns how many there were.
    @inline(never)
    func takeFields(within name: NestedName, _ object: FieldText, into fields: inout LineFields) -> Int {
        var taken = 0
        let inner = ObjectWalk(bytes.prefix(object.range.upperBound))
        _ = inner.forEachField(from: object.range.lowerBound) { key, value in
            guard let child = NestedName(key, of: bytes).flatMap(name.appending) else { return true }
            if let name = child.key {
                if fields.take(name, value, bytes) { taken += 1 }
            } else if child.isParent {
                taken += takeFields(within: child, value, into: &fields)
            }
            return true
        }
        return taken
    }
}
