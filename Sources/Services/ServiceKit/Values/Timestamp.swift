import Foundation

/// A moment in UTC with millisecond precision, stored as an integer and written as RFC 3339.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The wall clock's reading.
    package static func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = right.components
        return Timestamp(milliseconds: left.milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// `2026-01-31T23:59:59.123Z`; years have four digits, from 0 to 9999.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.width) { text in
            write(into: text)
            return Self.width
        }
    }

    static let width = 24

    /// The description's bytes.
    func write(into text: UnsafeMutableBufferPointer<UInt8>) {
        let day = Int(milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000
        let inDay = Int(milliseconds - Int64(day) * 86_400_000)
        // Days to civil date, proleptic Gregorian; eras of 400 years that begin on 1 March.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        var end = 0
        func write(_ number: Int, _ width: Int, _ separator: Unicode.Scalar) {
            var rest = number.magnitude
            var place = width
            while place > 0 {
                place -= 1
                text[end + place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            text[end + width] = UInt8(ascii: separator)
            end += width + 1
        }
        write(year, 4, "-")
        write(month, 2, "-")
        write(dayOfMonth, 2, "T")
        write(inDay / 3_600_000, 2, ":")
        write(inDay / 60_000 % 60, 2, ":")
        write(inDay / 1000 % 60, 2, ".")
        write(inDay % 1000, 3, "Z")
    }
}

extension Timestamp: JSONRepresentable {
    package var json: JSONValue { .string(description) }

    package func write(to writer: inout JSONWriter) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.width) { text in
            write(into: text)
            writer.append(UInt8(ascii: "\""))
            writer.append(contentsOf: UnsafeBufferPointer(text))
            writer.append(UInt8(ascii: "\""))
        }
    }
}

/// Where the time comes from, so that tests can turn it.
package struct WallClock: Sendable {
    package let now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    package static let system = WallClock(now: Timestamp.now)
}
