/// Programs whose heads are like no other's.
extension TextHead {
    /// sd-daemon(3): `<3>message`.
    mutating func readPrefix() -> Bool {
        guard self[0] == UInt8(ascii: "<"), self[2] == UInt8(ascii: ">") else { return false }
        switch self[1] {
        case UInt8(ascii: "0")...UInt8(ascii: "2"): fields.level = .critical
        case UInt8(ascii: "3"): fields.level = .error
        case UInt8(ascii: "4"): fields.level = .warning
        case UInt8(ascii: "5"): fields.level = .notice
        case UInt8(ascii: "6"): fields.level = .info
        case UInt8(ascii: "7"): fields.level = .debug
        default: return false
        }
        fields.time = TextTime(bytes, at: index + 3)?.time
        return true
    }

    /// `1234:M 23 Nov 2026 21:05:32.123 * Ready`: process, role, time and a sign for the level.
    mutating func readRedis() -> Bool {
        let role = bytes.skippingDigits(index) + 1
        guard role > index + 1, bytes[role - 1] == UInt8(ascii: ":"),
            UInt8(ascii: "A")...UInt8(ascii: "Z") ~= bytes[role], bytes[role + 1] == 0x20,
            let stamp = TextTime(bytes, at: role + 2), bytes[stamp.end] == 0x20, bytes[stamp.end + 2] == 0x20
        else { return false }
        switch bytes[stamp.end + 1] {
        case UInt8(ascii: "."), UInt8(ascii: "-"): fields.level = .debug
        case UInt8(ascii: "*"): fields.level = .notice
        case UInt8(ascii: "#"): fields.level = .warning
        default: return false
        }
        fields.time = stamp.time
        return true
    }

    /// glog's and klog's `E1123 21:05:32.123456 …`. The year is missing, so the time is of no use.
    mutating func readKlog() -> Bool {
        guard bytes.number(at: index + 1, digits: 4) != nil, self[5] == 0x20, TextTime(bytes, at: index + 6) != nil
        else { return false }
        switch self[0] {
        case UInt8(ascii: "D"): fields.level = .debug
        case UInt8(ascii: "I"): fields.level = .info
        case UInt8(ascii: "W"): fields.level = .warning
        case UInt8(ascii: "E"): fields.level = .error
        case UInt8(ascii: "F"): fields.level = .critical
        default: return false
        }
        return true
    }

    /// PostgreSQL writes an error's details, hint and statement as lines with a head of their own; they belong to the
    /// error above them.
    func isPostgresDetail(_ end: Int) -> Bool {
        guard bytes[end - 1] == UInt8(ascii: ":"), bytes[end] == 0x20, bytes[end + 1] == 0x20 else { return false }
        switch (end - index, bytes.word(at: index, length: end - index)) {
        case (5, 0x3A_544E_4948), (6, 0x3A59_5245_5551): return true  // HINT:, QUERY:
        case (7, 0x3A_4C49_4154_4544), (8, 0x3A54_5845_544E_4F43): return true  // DETAIL:, CONTEXT:
        case (9, 0x4E4F_4954_4143_4F4C), (10, 0x4E45_4D45_5441_5453): return true  // LOCATION:, STATEMENT:
        default: return false
        }
    }
}
