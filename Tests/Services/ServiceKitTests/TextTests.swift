import Foundation
import Testing

@testable import ServiceKit

/// What is written a million times an hour, against the plain way to write it.
@Suite struct TextTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `thousandths are written as the number that they are`() {
        let numbers = (0..<20_000).map { _ in Int64.random(in: 0...1 << Int64.random(in: 0...49)) }
        for number in Array(0...2100) + numbers + numbers.map({ -$0 }).filter({ $0 != 0 }) {
            #expect(written { $0.write(thousandths: number) } == String(Double(number) / 1000))
        }
    }

    @Test func `a text is plain if each of its bytes is, wherever it stands`() {
        for byte in UInt8.min ... .max {
            let isPlain = (0x20..<0x7F).contains(byte) && ![0x22, 0x5C].contains(byte)
            for count in 1...20 {
                for place in 0..<count {
                    var bytes = [UInt8](repeating: [0x20, 0x21, 0x7E].randomElement() ?? 0x20, count: count)
                    bytes[place] = byte
                    let answer = bytes.withUnsafeBufferPointer(PlainText.isPlain)
                    if answer != isPlain { Issue.record("\(byte) at \(place) of \(count)") }
                }
            }
        }
        #expect([].withUnsafeBufferPointer(PlainText.isPlain))
    }

    @Test func `ids are their digits`() {
        for _ in 0..<2000 {
            let id = UUID()
            #expect(id.text == id.uuidString.lowercased())
            let (high, low) = (UInt64.random(in: .min ... .max), UInt64.random(in: 0...1 << 60))
            let digits = [high, low].map { String(repeating: "0", count: 16) + String($0, radix: 16) }
            #expect(Hexadecimal.text(high) == digits[0].suffix(16))
            #expect(Hexadecimal.text(high, low) == digits[0].suffix(16) + digits[1].suffix(16))
        }
    }

    @Test func `a timestamp is the day and time that Foundation finds`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // From 1583 on, before which Foundation has the Julian calendar, to 9999.
        let some = (0..<5000).map { _ in Int64.random(in: -12_200_000_000_000..<253_402_300_800_000) }
        for milliseconds in some.map({ $0 / 1000 * 1000 + 500 }) + [0, -500, 951_782_400_000, -86_400_000, -86_400_500]
        {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(time.description == time.date.formatted(style))
            #expect(written { time.write(to: &$0) } == "\"\(time.description)\"")
        }
        #expect(abs(Timestamp.now().date.timeIntervalSinceNow) < 60)
    }

    @Test func `a duration is whole nanoseconds rounded towards zero`() {
        let times: [Int128] = [
            0, 999_999_999, 1_000_000_000, 9_223_372_036_854_775_807, 9_223_372_037_000_000_000,
        ]
        for attoseconds in times {
            for sign in [1, -1] as [Int128] {
                let time = Duration(attoseconds: sign * attoseconds)
                #expect(Int128(time.wholeNanoseconds) == sign * attoseconds / 1_000_000_000)
            }
        }
        #expect(Duration.nanoseconds(1499).roundedMicroseconds == 1)
        #expect(Duration.nanoseconds(1500).roundedMicroseconds == 2)
    }
}
