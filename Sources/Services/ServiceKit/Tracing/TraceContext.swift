/// Where a request stands in a distributed trace (W3C Trace Context, level 1).
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// Our own span: 16 lower-case hexadecimal digits, not all zero.
    package let spanID: String
    /// The caller's span; nil when the trace begins here.
    package let parentID: String?
    package let sampled: Bool

    /// No trace at all, in the place of one that is set later.
    static let none = TraceContext(
        traceID: Hexadecimal.text(0, 0), spanID: Hexadecimal.text(0), parentID: nil, sampled: false)

    /// A new trace that begins here.
    package static func fresh() -> TraceContext {
        TraceContext(
            traceID: Hexadecimal.text(randomWord(), randomWord()), spanID: newSpan(), parentID: nil, sampled: true)
    }

    /// Our span in the trace that `traceparent` names; nil when the header is not what the standard allows, in which
    /// case it must be ignored. So is more than one header: whoever put them together wrote a comma, which no version
    /// has.
    package static func continuing(_ traceparent: String) -> TraceContext? {
        var traceparent = traceparent
        return traceparent.withUTF8 { text in
            // The version's two digits, 32 of the trace, 16 of the caller's span, 2 of the flags; more may follow.
            guard (55...512).contains(text.count), text[2] == hyphen, text[35] == hyphen, text[52] == hyphen,
                let flags = Hexadecimal.value(text[54]), isHexadecimal(text[53..<55]),
                isHexadecimal(text[0..<2]), !isAll(text[0..<2], UInt8(ascii: "f")),
                text.count == 55 || (text[55] == hyphen && !isAll(text[0..<2], UInt8(ascii: "0"))),
                isHexadecimal(text[3..<35]), !isAll(text[3..<35], UInt8(ascii: "0")),
                isHexadecimal(text[36..<52]), !isAll(text[36..<52], UInt8(ascii: "0")),
                text[55...].allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") })
            else { return nil }
            return TraceContext(
                traceID: String(decoding: text[3..<35], as: UTF8.self), spanID: newSpan(),
                parentID: String(decoding: text[36..<52], as: UTF8.self), sampled: flags & 1 == 1)
        }
    }

    /// The header for calls we make.
    package var traceparent: String {
        var (traceID, spanID) = (traceID, spanID)
        return traceID.withUTF8 { trace in
            spanID.withUTF8 { span in
                let count = trace.count + span.count + 7
                return String(unsafeUninitializedCapacity: count) { text in
                    var end = 0
                    func append(_ part: UnsafeBufferPointer<UInt8>) {
                        end = text[end...].update(fromContentsOf: part)
                    }
                    ("00-" as StaticString).withUTF8Buffer(append)
                    append(trace)
                    text[end] = Self.hyphen
                    end += 1
                    append(span)
                    (sampled ? "-01" as StaticString : "-00").withUTF8Buffer(append)
                    return end
                }
            }
        }
    }

    /// A span of its own below ours, for one call that we make.
    package func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.newSpan(), parentID: spanID, sampled: sampled)
    }

    private static let hyphen = UInt8(ascii: "-")

    /// Capital letters are none of the standard's.
    private static func isHexadecimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isAll(_ digits: Slice<UnsafeBufferPointer<UInt8>>, _ digit: UInt8) -> Bool {
        digits.allSatisfy { $0 == digit }
    }

    private static func newSpan() -> String { Hexadecimal.text(randomWord()) }

    /// Never zero, so that no id is.
    private static func randomWord() -> UInt64 {
        var numbers = TraceNumbers()
        return UInt64.random(in: 1 ... .max, using: &numbers)
    }
}
