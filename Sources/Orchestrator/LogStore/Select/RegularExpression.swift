import CPCRE2
import Synchronization

/// A regular expression of PCRE2, compiled to machine code where the processor's is known, and searched for in bytes: what is
/// no UTF-8 matches nothing, and ends no search.
///
/// Every search ends: PCRE2 counts its steps back from each place, and here is counted how long the places of one line take.
final class RegularExpression: Sendable {
    /// Why a text is none.
    enum Bad: Error {
        /// Columns count characters from 1.
        case syntax(column: Int, reason: String)
        /// PCRE2 is not installed; what the loader said.
        case noLibrary(String)
    }
    /// A search takes too many steps, too much memory or too long.
    struct Exhausted: Error {}

    private struct Handles {
        let code: OpaquePointer
        let data: OpaquePointer
        let context: OpaquePointer
        let stack: OpaquePointer?
    }

    private static let options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C
    /// Steps back from one place: less than a tenth of a second.
    private static let mostSteps: UInt32 = 10_000_000
    /// For what a search remembers, in bytes.
    private static let mostMemory = 16 << 20
    private static let longestSearch = Duration.seconds(3)
    /// Bytes that are searched from all their places in one go; of longer lines a few places at a time, by the clock.
    private static let short = 1_024

    private let library: PCRELibrary
    /// One search at a time: it writes into the data.
    private let handles: Mutex<Handles>

    init(_ text: String) throws(Bad) {
        do {
            library = try PCRELibrary.shared()
        } catch {
            throw .noLibrary(error.reason)
        }
        let pattern = Array(text.utf8)
        var (error, offset): (Int32, Int) = (0, 0)
        guard let code = library.compile(pattern, pattern.count, Self.options, &error, &offset, nil) else {
            let before = String(decoding: pattern.prefix(offset), as: UTF8.self).count
            throw .syntax(column: before + 1, reason: library.text(of: error))
        }
        // Where there is no machine code for it, PCRE2 interprets.
        let isCompiled = library.compileToMachineCode(code, PCRE2_JIT_COMPLETE) == 0
        guard let data = library.matchDataCreate(1, nil), let context = library.contextCreate(nil) else {
            preconditionFailure("there is no memory for a regular expression")
        }
        _ = library.setMatchLimit(context, Self.mostSteps)
        _ = library.setHeapLimit(context, UInt32(Self.mostMemory >> 10))
        // Without one of its own the machine code takes 32 KiB of the thread's.
        let stack = isCompiled ? library.stackCreate(32 << 10, Self.mostMemory, nil) : nil
        library.stackAssign(context, nil, stack)
        handles = Mutex(Handles(code: code, data: data, context: context, stack: stack))
    }

    deinit {
        handles.withLock { handles in
            library.stackFree(handles.stack)
            library.contextFree(handles.context)
            library.matchDataFree(handles.data)
            library.codeFree(handles.code)
        }
    }

    func occurs(in bytes: ArraySlice<UInt8>) throws(Exhausted) -> Bool {
        let found = handles.withLock { handles in
            bytes.withUnsafeBufferPointer { search($0, handles) }
        }
        guard let found else { throw Exhausted() }
        return found
    }

    /// nil when it takes too much.
    private func search(_ bytes: UnsafeBufferPointer<UInt8>, _ handles: Handles) -> Bool? {
        if bytes.count <= Self.short { return search(bytes, from: 0, until: nil, handles) }
        let step = max(64, Self.short * Self.short / bytes.count)
        let deadline = ContinuousClock.now + Self.longestSearch
        var start = 0
        while start <= bytes.count {
            guard let isFound = search(bytes, from: start, until: start + step - 1, handles) else { return nil }
            if isFound { return true }
            start += step
            // A match begins at no byte within a character.
            while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
            if ContinuousClock.now > deadline { return nil }
        }
        return false
    }

    /// Whether a match begins in some places of the bytes; nil when that takes too much.
    private func search(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, until last: Int?, _ handles: Handles
    ) -> Bool? {
        // -1 is PCRE2_UNSET.
        _ = library.setOffsetLimit(handles.context, last.map { min($0, bytes.count) } ?? -1)
        // Nothing is told by an empty buffer's address, but there must be one.
        var nothing: UInt8 = 0
        let result = withUnsafePointer(to: &nothing) { nothing in
            library.match(
                handles.code, bytes.baseAddress ?? nothing, bytes.count, start, 0, handles.data, handles.context)
        }
        if result >= 0 { return true }
        return result == PCRE2_ERROR_NOMATCH ? false : nil
    }
}
