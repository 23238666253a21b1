/// The fields that are looked for, under the names that common loggers give them:
///
/// | | winston, pino, bunyan, zap, logrus, slog | ECS | OpenTelemetry | Python | Serilog | others |
/// |---|---|---|---|---|---|---|
/// | time | `timestamp` `time` `ts` | `@timestamp` | `Timestamp` `timeUnixNano` `time_unix_nano` | `asctime` | `@t` | `datetime` `eventTime` `t` |
/// | level | `level` | `log.level` | `SeverityText` `severityText` `severity_text`, and numbers | `levelname` | `@l` | `severity` `lvl` `loglevel` `log_level` |
/// | message | `message` `msg` | `message` | `Body` `body` and within those | `message` `event` | `@m` | |
/// | trace | | `trace.id` | `TraceId` `traceId` `trace_id` | | `@tr` | `traceID` `dd.trace_id` |
/// | span | | `span.id` | `SpanId` `spanId` `span_id` | | `@sp` | `spanID` `dd.span_id` |
/// | request | `req_id` `reqId` `req.id` | `http.request.id` | | | `RequestId` | `requestId` `requestID` `request_id` `request-id` `x-request-id` `correlationId` `correlation_id` |
///
/// Of several names for the same the first with a usable value counts. A name with dots is found whether it is one key
/// (`"log.level":"info"`) or a key within objects (`"log":{"level":"info"}`); the names stand for logfmt's keys too.
enum KeyName {
    case level, time, trace, span, request, message
    /// structlog's message, where nothing else is one.
    case event
    /// OpenTelemetry's number of a level.
    case severityNumber

    /// By the key's first eight bytes and its next eight as little-endian words, and its length.
    @inline(__always)
    init?(_ word: UInt64, length: Int, tail: UInt64) {
        switch length {
        case 1 where word == 0x74: self = .time  // t
        case 2 where word == 0x6C40: self = .level  // @l
        case 2 where word == 0x6D40: self = .message  // @m
        case 2 where word == 0x7440: self = .time  // @t
        case 2 where word == 0x7374: self = .time  // ts
        case 3 where word == 0x006C_766C: self = .level  // lvl
        case 3 where word == 0x0067_736D: self = .message  // msg
        case 3 where word == 0x0070_7340: self = .span  // @sp
        case 3 where word == 0x0072_7440: self = .trace  // @tr
        case 4 where word == 0x7964_6F42: self = .message  // Body
        case 4 where word == 0x7964_6F62: self = .message  // body
        case 4 where word == 0x656D_6974: self = .time  // time
        case 5 where word == 0x006C_6576_656C: self = .level  // level
        case 5 where word == 0x0064_4971_6572: self = .request  // reqId
        case 5 where word == 0x0074_6E65_7665: self = .event  // event
        case 6 where word == 0x6469_5F71_6572: self = .request  // req_id
        case 6 where word == 0x6449_6E61_7053: self = .span  // SpanId
        case 6 where word == 0x4449_6E61_7073: self = .span  // spanID
        case 6 where word == 0x6449_6E61_7073: self = .span  // spanId
        case 6 where word == 0x6469_2E71_6572: self = .request  // req.id
        case 7 where word == 0x0065_6761_7373_656D: self = .message  // message
        case 7 where word == 0x0064_692E_6E61_7073: self = .span  // span.id
        case 7 where word == 0x0064_695F_6E61_7073: self = .span  // span_id
        case 7 where word == 0x0065_6D69_7463_7361: self = .time  // asctime
        case 7 where word == 0x0064_4965_6361_7254: self = .trace  // TraceId
        case 7 where word == 0x0044_4965_6361_7274: self = .trace  // traceID
        case 7 where word == 0x0064_4965_6361_7274: self = .trace  // traceId
        case 8 where word == 0x6C65_7665_6C67_6F6C: self = .level  // loglevel
        case 8 where word == 0x7974_6972_6576_6573: self = .level  // severity
        case 8 where word == 0x656D_6974_6574_6164: self = .time  // datetime
        case 8 where word == 0x6469_2E65_6361_7274: self = .trace  // trace.id
        case 8 where word == 0x6469_5F65_6361_7274: self = .trace  // trace_id
        case 9 where word == 0x6D61_6E6C_6576_656C && tail == 0x65: self = .level  // levelname
        case 9 where word == 0x6576_656C_2E67_6F6C && tail == 0x6C: self = .level  // log.level
        case 9 where word == 0x6576_656C_5F67_6F6C && tail == 0x6C: self = .level  // log_level
        case 9 where word == 0x4974_7365_7571_6572 && tail == 0x44: self = .request  // requestID
        case 9 where word == 0x4974_7365_7571_6572 && tail == 0x64: self = .request  // requestId
        case 9 where word == 0x6D61_7473_656D_6954 && tail == 0x70: self = .time  // Timestamp
        case 9 where word == 0x6D69_5474_6E65_7665 && tail == 0x65: self = .time  // eventTime
        case 9 where word == 0x6D61_7473_656D_6974 && tail == 0x70: self = .time  // timestamp
        case 9 where word == 0x4974_7365_7571_6552 && tail == 0x64: self = .request  // RequestId
        case 10 where word == 0x2D74_7365_7571_6572 && tail == 0x6469: self = .request  // request-id
        case 10 where word == 0x5F74_7365_7571_6572 && tail == 0x6469: self = .request  // request_id
        case 10 where word == 0x6174_7365_6D69_7440 && tail == 0x706D: self = .time  // @timestamp
        case 10 where word == 0x5F6E_6170_732E_6464 && tail == 0x6469: self = .span  // dd.span_id
        case 10 where word == 0x6C61_562E_7964_6F42 && tail == 0x6575: self = .message  // Body.Value
        case 11 where word == 0x6563_6172_742E_6464 && tail == 0x0064_695F: self = .trace  // dd.trace_id
        case 12 where word == 0x7974_6972_6576_6553 && tail == 0x7478_6554: self = .level  // SeverityText
        case 12 where word == 0x7974_6972_6576_6573 && tail == 0x7478_6554: self = .level  // severityText
        case 12 where word == 0x7365_7571_6572_2D78 && tail == 0x6469_2D74: self = .request  // x-request-id
        case 12 where word == 0x7869_6E55_656D_6974 && tail == 0x6F6E_614E: self = .time  // timeUnixNano
        case 13 where word == 0x7974_6972_6576_6573 && tail == 0x0074_7865_745F: self = .level  // severity_text
        case 13 where word == 0x7461_6C65_7272_6F63 && tail == 0x0064_496E_6F69: self = .request  // correlationId
        case 14 where word == 0x7461_6C65_7272_6F63 && tail == 0x6469_5F6E_6F69: self = .request  // correlation_id
        case 14 where word == 0x696E_755F_656D_6974 && tail == 0x6F6E_616E_5F78: self = .time  // time_unix_nano
        // severityNumber, SeverityNumber, severity_number
        case 14 where word == 0x7974_6972_6576_6573 && tail == 0x7265_626D_754E: self = .severityNumber
        case 14 where word == 0x7974_6972_6576_6553 && tail == 0x7265_626D_754E: self = .severityNumber
        case 15 where word == 0x7974_6972_6576_6573 && tail == 0x0072_6562_6D75_6E5F: self = .severityNumber
        // http.request.id
        case 15 where word == 0x7165_722E_7074_7468 && tail == 0x0064_692E_7473_6575: self = .request
        // body.stringValue
        case 16 where word == 0x7274_732E_7964_6F62 && tail == 0x6575_6C61_5667_6E69: self = .message
        default: return nil
        }
    }
}
