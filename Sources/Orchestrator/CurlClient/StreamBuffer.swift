import Synchronization

/// Lines on their way from the transfer thread to one reader. The network is never held up; what the reader has not taken
/// is bounded in bytes, and a stream that outgrows it ends with an error.
final class StreamBuffer: Sendable {
    struct Head: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
    }

    typealias Line = Result<[UInt8]?, CurlError>

    private struct State {
        var head: Head?
        var headReader: CheckedContinuation<Result<Head, CurlError>, Never>?
        /// Complete lines, without their newlines; those before `next` are taken.
        var lines: [[UInt8]] = []
        var next = 0
        var unterminated: [UInt8] = []
        var bytes = 0
        var lineReader: CheckedContinuation<Line, Never>?
        var end: Result<Void, CurlError>?

        mutating func takeLine() -> Line? {
            if next < lines.count {
                let line = lines[next]
                next += 1
                bytes -= line.count
                if next == lines.count {
                    lines.removeAll(keepingCapacity: true)
                    next = 0
                }
                return .success(line)
            }
            switch end {
            case nil: return nil
            case .failure(let error): return .failure(error)
            case .success: return .success(nil)
            }
        }
    }

    private let state = Mutex(State())

    /// The answer's head is complete. Later calls change nothing.
    func open(status: Int, headers: [(name: String, value: String)]) {
        let reader = state.withLock { state -> CheckedContinuation<Result<Head, CurlError>, Never>? in
            guard state.head == nil else { return nil }
            state.head = Head(status: status, headers: headers)
            defer { state.headReader = nil }
            return state.headReader
        }
        reader?.resume(returning: .success(Head(status: status, headers: headers)))
    }

    /// False when more than `limit` bytes would wait for the reader.
    func append(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
        let (fits, handed) = state.withLock { state -> (Bool, (CheckedContinuation<Line, Never>, Line)?) in
            guard state.bytes + bytes.count <= limit else { return (false, nil) }
            state.bytes += bytes.count
            var rest = bytes[...]
            while let newline = rest.firstIndex(of: 10) {
                state.lines.append(state.unterminated + rest[..<newline])
                state.unterminated = []
                state.bytes -= 1
                rest = rest[(newline + 1)...]
            }
            state.unterminated += rest
            guard let reader = state.lineReader, let line = state.takeLine() else { return (true, nil) }
            state.lineReader = nil
            return (true, (reader, line))
        }
        if let (reader, line) = handed { reader.resume(returning: line) }
        return fits
    }

    /// The transfer has ended; an unterminated last line is a line too. Only the first call counts.
    func finish(_ error: CurlError?) {
        let (headReader, handed) = state.withLock { state in
            guard state.end == nil else {
                return (
                    nil as CheckedContinuation<Result<Head, CurlError>, Never>?,
                    nil as (CheckedContinuation<Line, Never>, Line)?
                )
            }
            state.end = error.map { .failure($0) } ?? .success(())
            if !state.unterminated.isEmpty {
                state.lines.append(state.unterminated)
                state.unterminated = []
            }
            let headReader = state.headReader
            state.headReader = nil
            guard let reader = state.lineReader, let line = state.takeLine() else { return (headReader, nil) }
            state.lineReader = nil
            return (headReader, (reader, line))
        }
        headReader?.resume(returning: .failure(error ?? .interrupted("the answer has no head")))
        if let (reader, line) = handed { reader.resume(returning: line) }
    }

    func head() async -> Result<Head, CurlError> {
        await withCheckedContinuation { reader in
            let known = state.withLock { state -> Result<Head, CurlError>? in
                if let head = state.head { return .success(head) }
                switch state.end {
                case .failure(let error): return .failure(error)
                case .success: return .failure(.interrupted("the answer has no head"))
                case nil:
                    state.headReader = reader
                    return nil
                }
            }
            if let known { reader.resume(returning: known) }
        }
    }

    func nextLine() async -> Line {
        await withCheckedContinuation { reader in
            let known = state.withLock { state -> Line? in
                if let line = state.takeLine() { return line }
                precondition(state.lineReader == nil, "a stream has one reader")
                state.lineReader = reader
                return nil
            }
            if let known { reader.resume(returning: known) }
        }
    }
}
