/// The fields that are looked for, under the names that common loggers give them.
enum KeyName {
    case level, time, trace, span, request, message

    /// By the key's first eight bytes as a little-endian word, its length, and its ninth and tenth byte.
    @inline(__always)
    init?(_ word: UInt64, length: Int, tail: UInt16) {
        switch length {
        case 2 where word == 0x7374: self = .time  // ts
        case 3 where word == 0x6C_766C: self = .level  // lvl
        case 3 where word == 0x67_736D: self = .message  // msg
        case 4 where word == 0x656D_6974: self = .time  // time
        case 5 where word == 0x6C_6576_656C: self = .level  // level
        case 6 where word == 0x6449_6E61_7073: self = .span  // spanId
        case 6 where word == 0x6469_5F71_6572: self = .request  // req_id
        case 7 where word == 0x65_6761_7373_656D: self = .message  // message
        case 7 where word == 0x64_4965_6361_7274 || word == 0x44_4965_6361_7274: self = .trace  // traceId, traceID
        case 7 where word == 0x64_695F_6E61_7073: self = .span  // span_id
        case 8 where word == 0x7974_6972_6576_6573: self = .level  // severity
        case 8 where word == 0x6469_5F65_6361_7274: self = .trace  // trace_id
        case 8 where word == 0x6469_2E65_6361_7274: self = .trace  // trace.id
        case 9 where word == 0x6D61_7473_656D_6974 && tail == 0x70: self = .time  // timestam(p)
        case 9 where word == 0x4974_7365_7571_6572 && tail == 0x64: self = .request  // requestI(d)
        case 10 where word == 0x6174_7365_6D69_7440 && tail == 0x706D: self = .time  // @timesta(mp)
        case 10 where word == 0x5F74_7365_7571_6572 && tail == 0x6469: self = .request  // request_(id)
        default: return nil
        }
    }
}
