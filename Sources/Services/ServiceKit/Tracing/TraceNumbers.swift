import Synchronization

/// Numbers for traces, spans and requests: they must differ, and nothing rests on nobody guessing them. So the kernel is asked
/// for one when the process starts, and not five times for each request.
///
/// SplitMix64 (Steele, Lea, Flood, 2014): all 2^64 numbers come once before one comes again.
struct TraceNumbers: RandomNumberGenerator {
    private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    func next() -> UInt64 {
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var number = Self.state.wrappingAdd(step, ordering: .relaxed).newValue
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        return number ^ number >> 31
    }
}
