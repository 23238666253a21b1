import Foundation

/// A value that writes its one JSON shape itself. What is answered often does, member by member; the rest is
/// ``JSONRepresentable``.
package protocol JSONWritable {
    func write(to writer: inout JSONWriter)
}

extension JSONWriter {
    /// An object of the members that `members` writes.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        append(UInt8(ascii: "{"))
        members(&self)
        append(UInt8(ascii: "}"))
    }

    /// An array of what `element` writes of each.
    package mutating func array<Element>(_ elements: [Element], _ element: (inout JSONWriter, Element) -> Void) {
        append(UInt8(ascii: "["))
        for one in elements {
            separate()
            element(&self, one)
        }
        append(UInt8(ascii: "]"))
    }

    /// null for nil.
    package mutating func member(_ name: StaticString, _ text: String?) {
        write(name: name)
        if let text { write(string: text) } else { write(.null) }
    }

    package mutating func member(_ name: StaticString, _ number: Int) {
        write(name: name)
        write(integer: Int64(number))
    }

    mutating func member(_ name: StaticString, thousandths number: Int64) {
        write(name: name)
        write(thousandths: number)
    }

    package mutating func member(_ name: StaticString, _ value: some JSONWritable) {
        write(name: name)
        value.write(to: &self)
    }

    /// null for nil.
    package mutating func member<Value: JSONWritable>(_ name: StaticString, _ value: Value?) {
        write(name: name)
        if let value { value.write(to: &self) } else { write(.null) }
    }

    package mutating func member<Element: JSONWritable>(_ name: StaticString, _ elements: [Element]) {
        write(name: name)
        array(elements) { $1.write(to: &$0) }
    }

    /// - Parameter name: needs no escaping.
    private mutating func write(name: StaticString) {
        separate()
        append(UInt8(ascii: "\""))
        name.withUTF8Buffer { append(contentsOf: $0) }
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }
}

extension UUID: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(string: text) }
}
