/// How grave a line is. The order is that of gravity, the raw value a bit number for masks of levels.
package enum LogLevel: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    /// The name that `msctl logs --format json` prints.
    package var name: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Reads a level as loggers spell it (`warn`, `WARNING`, `fatal`, `silly`, pino's `40`); nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(spelled: bytes)
    }

    /// As above, on the bytes of a line.
    @inline(__always)
    init?(spelled bytes: some RandomAccessCollection<UInt8>) {
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes.prefix(8) {
            word |= UInt64(byte | 0x20) &<< shift
            shift &+= 8
        }
        guard let level = Self.named(word, length: bytes.count) ?? Self.slog(bytes) else { return nil }
        self = level
    }

    /// pino's and bunyan's numbers: 10 is trace, 60 fatal; what lies between belongs to the lower one.
    init?(number: Int) {
        switch number {
        case 10..<20: self = .trace
        case 20..<30: self = .debug
        case 30..<40: self = .info
        case 40..<50: self = .warning
        case 50..<60: self = .error
        case 60..<70: self = .critical
        default: return nil
        }
    }

    /// OpenTelemetry's numbers: four for each level from trace on, 24 the last of fatal.
    init?(severityNumber digits: some RandomAccessCollection<UInt8>) {
        guard digits.count <= 2, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        switch number {
        case 1...4: self = .trace
        case 5...8: self = .debug
        case 9...12: self = .info
        case 13...16: self = .warning
        case 17...20: self = .error
        case 21...24: self = .critical
        default: return nil
        }
    }

    /// slog's names of levels between its own, `INFO+2`: debug is -4, info 0, warn 4, error 8. Where others put theirs is as
    /// its documentation has it: trace is -8, notice 2, and 12 is worse than an error.
    @inline(never)
    private static func slog(_ bytes: some RandomAccessCollection<UInt8>) -> LogLevel? {
        guard 6...9 ~= bytes.count, let sign = bytes.firstIndex(where: { $0 == 0x2B || $0 == 0x2D }) else { return nil }
        let base: Int
        switch String(decoding: bytes[..<sign], as: UTF8.self) {
        case "DEBUG": base = -4
        case "INFO": base = 0
        case "WARN": base = 4
        case "ERROR": base = 8
        default: return nil
        }
        let digits = bytes[bytes.index(after: sign)...]
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 }), let step = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        switch base + (bytes[sign] == 0x2B ? step : -step) {
        case ..<(-4): return .trace
        case ..<0: return .debug
        case ..<2: return .info
        case ..<4: return .notice
        case ..<8: return .warning
        case ..<12: return .error
        default: return .critical
        }
    }

    /// By the name's first eight bytes, lower case, as a little-endian word: a few comparisons of integers.
    @inline(__always)
    private static func named(_ word: UInt64, length: Int) -> LogLevel? {
        switch (length, word) {
        case (4, 0x6F66_6E69): .info  // info
        case (5, 0x67_7562_6564): .debug  // debug
        case (4, 0x6E72_6177), (7, 0x67_6E69_6E72_6177): .warning  // warn, warning
        case (5, 0x72_6F72_7265), (3, 0x72_7265): .error  // error, err
        case (6, 0x6563_6974_6F6E): .notice  // notice
        case (5, 0x65_6361_7274), (5, 0x79_6C6C_6973): .trace  // trace, silly
        case (7, 0x65_736F_6272_6576), (4, 0x7074_7468): .debug  // verbose, http
        case (8, 0x6C61_6369_7469_7263), (4, 0x7469_7263): .critical  // critical, crit
        case (5, 0x6C_6174_6166), (5, 0x63_696E_6170), (6, 0x6369_6E61_7064): .critical  // fatal, panic, dpanic
        case (5, 0x67_7265_6D65), (9, 0x636E_6567_7265_6D65): .critical  // emerg, emergenc(y)
        case (5, 0x74_7265_6C61): .critical  // alert
        case (11, 0x7461_6D72_6F66_6E69): .info  // informat(ion)
        case (2, _):  // 30
            LogLevel(number: Int(word & 0xFF) * 10 + Int(word >> 8 & 0xFF) - 11 * 0x30)
        default: nil
        }
    }
}
