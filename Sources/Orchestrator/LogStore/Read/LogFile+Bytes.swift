import Glibc
import SystemPackage

extension LogFile {
    /// A line longer than this comes in pieces, so that a stream without newlines cannot fill the memory.
    package static let longestLine = 8 << 20

    /// `prefix` and the bytes that follow at `offset`, at most `count`; fewer at the file's end. The file is opened
    /// for each call: a reader may have thousands of files at hand and few descriptors.
    func bytes(after prefix: ArraySlice<UInt8> = [], at offset: Int64, count: Int) throws(LogError) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                try [UInt8](unsafeUninitializedCapacity: prefix.count + count) { buffer, filled in
                    _ = buffer.update(fromContentsOf: prefix)
                    filled = prefix.count
                    while filled < prefix.count + count {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                        let from = offset + Int64(filled - prefix.count)
                        let read = try descriptor.read(fromAbsoluteOffset: from, into: rest)
                        if read == 0 { break }
                        filled += read
                    }
                }
            }
        } catch Errno.noSuchFileOrDirectory {
            // Deleted with its run while it was being read: it ends here.
            return Array(prefix)
        } catch let error as Errno {
            throw .read(path, error)
        } catch {
            throw .read(path, .ioError)
        }
    }

    /// Where its first line is: behind the hole that retention has punched, which ends at a line's start.
    func firstOffset() throws(LogError) -> Int64 {
        let seekData: Int32 = 3  // SEEK_DATA, lseek(2)
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            defer { try? descriptor.close() }  // Nothing was written through it.
            guard let whence = FileDescriptor.SeekOrigin(rawValue: seekData) as FileDescriptor.SeekOrigin? else {
                return 0
            }
            let data: Int64
            do {
                data = try descriptor.seek(offset: 0, from: whence)
            } catch Errno.noSuchAddressOrDevice {
                // Nothing but a hole, or nothing at all.
                return try size()
            } catch {
                // A file system that knows no holes has none.
                return 0
            }
            if data == 0 { return 0 }
            // The hole's last, partly punched block was filled with NULs; some file systems have large ones.
            var start = data
            while true {
                let block = try bytes(at: start, count: 65_536)
                if let first = block.firstIndex(where: { $0 != 0 }) { return start + Int64(first) }
                start += Int64(block.count)
                if block.isEmpty || start - data >= Self.longestLine { return start }
            }
        } catch let error as LogError {
            throw error
        } catch Errno.noSuchFileOrDirectory {
            return 0
        } catch {
            throw .read(path, error as? Errno ?? .ioError)
        }
    }

    /// Where the first line begins that begins behind `offset`, or the first piece of one that is too long, or the file's
    /// end; `offset` -1 is before the first byte.
    func lineStart(behind offset: Int64) throws(LogError) -> Int64 {
        if offset < 0 { return 0 }
        let first = try firstOffset()
        if offset < first { return first }
        let line = try lineStart(before: offset, first: first)
        let longest = Int64(Self.longestLine)
        // Where the next piece begins, if the line goes on there.
        let piece = line + ((offset - line) / longest + 1) * longest
        var start = offset
        while start <= piece {
            let block = try bytes(at: start, count: Int(min(65_536, piece + 1 - start)))
            if block.isEmpty { return max(start, offset + 1) }
            if let newline = block.firstIndex(of: 0x0A) { return start + Int64(newline) + 1 }
            start += Int64(block.count)
        }
        return piece
    }

    /// Whether a line begins there, or a piece of one that is too long.
    func isLineStart(_ offset: Int64) throws(LogError) -> Bool {
        if offset == 0 { return true }
        if try bytes(at: offset - 1, count: 1) == [0x0A] { return true }
        let first = try firstOffset()
        if offset <= first { return true }
        let start = try lineStart(before: offset, first: first)
        return (offset - start).isMultiple(of: Int64(Self.longestLine))
    }

    /// The start of the line that holds the byte before `offset`'s line start: the position after the last newline
    /// among the bytes before `offset`, or `first`.
    func lineStart(before offset: Int64, first: Int64) throws(LogError) -> Int64 {
        var end = offset
        var count: Int64 = 4_096
        while end > first {
            let start = max(first, end - count)
            let block = try bytes(at: start, count: Int(end - start))
            if let newline = Self.lastNewline(in: block) { return start + Int64(newline) + 1 }
            end = start
            count = min(count * 2, 1 << 20)
        }
        return first
    }

    /// Most pieces of a line of gigabytes have none, and memchr(3) sees that fastest.
    private static func lastNewline(in bytes: [UInt8]) -> Int? {
        let hasNewline = bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, 0x0A, bytes.count) != nil } ?? false
        }
        return hasNewline ? bytes.lastIndex(of: 0x0A) : nil
    }
}
