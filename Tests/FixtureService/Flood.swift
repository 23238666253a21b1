import CLinux

/// Numbered lines as a busy service writes them, in write(2)s of odd sizes: a reader sees every line in parts. What was
/// written is counted and hashed, so that whoever has the bytes can say whether they are all there.
struct Flood {
    /// `SERVICE.REPLICA/RUN`.
    private let run: String
    private let tally: Int32
    private var random: UInt64
    private var pending: [UInt8] = []
    private var number = 0
    private var next = 0

    private var lines = 0
    private var bytes = 0
    /// FNV-1a, 64 bits.
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    init?(_ options: Options) {
        guard let seed = options.number("flood") else { return nil }
        let mark = getenv("MSCTL_RUN").map { String(cString: $0) } ?? ""
        run = mark.split(separator: ":").last.map(String.init) ?? ""
        let name = run.split(separator: "/").joined(separator: ".")
        tally = options.text("tally").map { clinux_open("\($0)/\(name).tally", O_WRONLY | O_CREAT, 0o600) } ?? -1
        random = run.utf8.reduce(UInt64(truncatingIfNeeded: seed)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// Writes a burst when it is time for one.
    mutating func pour(now: Int) {
        guard now >= next else { return }
        next = now + chance(of: 150)
        for _ in 0..<(1 + chance(of: 24)) {
            append()
            // The rest of a line waits for a later write, or a later burst.
            while !pending.isEmpty, chance(of: 3) > 0 { write(1 + chance(of: 701)) }
        }
        keepTally()
    }

    /// Writes what is left of the last line.
    mutating func end() {
        write(pending.count)
        keepTally()
    }

    private mutating func append() {
        number += 1
        let isError = chance(of: 17) == 0
        let padding = String(repeating: "x", count: chance(of: 200))
        append(
            #"{"timestamp":"\#(Self.time)","level":"\#(isError ? "error" : "info")","message":"line","run":"\#(run)","#
                + #""number":\#(number),"traceId":"\#(run)-\#(number / 10)","padding":"\#(padding)"}"#)
        guard isError else { return }
        for frame in 0...chance(of: 6) { append("\tat frame \(frame) of line \(number) of \(run)") }
    }

    private mutating func append(_ line: String) {
        pending += line.utf8
        pending.append(0x0A)
    }

    private mutating func write(_ count: Int) {
        let part = pending.prefix(count)
        var done = 0
        while done < part.count {
            let written = part.dropFirst(done).withUnsafeBytes { CLinux.write(1, $0.baseAddress, $0.count) }
            // A full disk: what is not written is not counted.
            guard written > 0 else { break }
            done += written
        }
        for byte in part.prefix(done) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            if byte == 0x0A { lines += 1 }
        }
        bytes += done
        pending.removeFirst(done)
    }

    private func keepTally() {
        guard tally >= 0 else { return }
        var text = "\(lines) \(bytes) \(hash)\n"
        text.withUTF8 { text in
            // The hash may have fewer digits than the last.
            if pwrite(tally, text.baseAddress, text.count, 0) == text.count { ftruncate(tally, text.count) }
        }
    }

    /// From 0 to below `limit`; the high bits of Knuth's linear congruential generator.
    private mutating func chance(of limit: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(random >> 33) % limit
    }

    private static var time: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func padded(_ value: Int, _ digits: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { padded($0, 2) }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        let fraction = padded(now.tv_nsec / 1_000_000, 3)
        return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + ".\(fraction)Z"
    }
}
