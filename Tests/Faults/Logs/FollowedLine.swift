import CLinux

/// A line of `msctl.log/1` whose bytes someone else keeps. Members stand in a fixed order up to `offset`, so that a
/// reader of millions of lines needs no JSON parser; what is not of that shape is no line.
struct FollowedLine {
    let instance: String
    let run: Int
    let stream: String
    let offset: Int
    private let text: UnsafeRawBufferPointer

    var runName: String { "\(instance)/\(run)" }

    init?(_ text: UnsafeRawBufferPointer) {
        var rest = Cursor(text)
        guard rest.take(#"{"schema":"msctl.log/1","time":""#), rest.takeText() != nil,
            rest.take(#","service":""#), rest.takeText() != nil,
            rest.take(#","instance":""#), let instance = rest.takeText(),
            rest.take(#","run":"#), let run = rest.takeNumber(),
            rest.take(#","stream":""#), let stream = rest.takeText(),
            rest.take(#","offset":"#), let offset = rest.takeNumber(),
            rest.take(#","level":"#), text.last == UInt8(ascii: "}")
        else { return nil }
        self.instance = instance
        self.run = run
        self.stream = stream
        self.offset = offset
        self.text = text
    }

    /// Whether this is what it ends with: `fields` is the record itself, `raw` a frame of a stack trace as text.
    func carries(_ written: UnsafeRawBufferPointer) -> Bool {
        if written.starts(with: "\tat ") {
            return ends(with: #","raw":"\t"#, UnsafeRawBufferPointer(rebasing: written.dropFirst()), #""}"#)
        }
        return ends(with: #","fields":"#, written, "}")
    }

    private func ends(with name: StaticString, _ value: UnsafeRawBufferPointer, _ end: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount + value.count + end.utf8CodeUnitCount
        guard text.count >= count else { return false }
        var rest = Cursor(UnsafeRawBufferPointer(rebasing: text.suffix(count)))
        return rest.take(name) && rest.take(value) && rest.take(end)
    }

    /// What is not read yet.
    private struct Cursor {
        private var next: UnsafeRawPointer?
        private var count: Int

        init(_ bytes: UnsafeRawBufferPointer) {
            next = bytes.baseAddress
            count = bytes.count
        }

        private mutating func skip(_ length: Int) {
            next = next.map { $0 + length }
            count -= length
        }

        mutating func take(_ text: StaticString) -> Bool {
            take(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            guard bytes.count <= count, UnsafeRawBufferPointer(start: next, count: bytes.count).isEqual(to: bytes)
            else {
                return false
            }
            skip(bytes.count)
            return true
        }

        /// Up to a quote, which is taken as well; of names and times, which have nothing to escape.
        mutating func takeText() -> String? {
            guard let next, let quote = memchr(next, 0x22, count) else { return nil }
            let length = UnsafeRawPointer(quote) - next
            defer { skip(length + 1) }
            return String(decoding: UnsafeRawBufferPointer(start: next, count: length), as: UTF8.self)
        }

        mutating func takeNumber() -> Int? {
            var value: Int?
            while count > 0, let digit = next?.load(as: UInt8.self), digit >= 0x30, digit <= 0x39 {
                value = (value ?? 0) * 10 + Int(digit - 0x30)
                skip(1)
            }
            return value
        }
    }
}
