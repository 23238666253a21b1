import SystemPackage

/// A log file that is opened once for many reads. One that was deleted with its run is as good as empty.
final class OpenedLog: Sendable {
    private let descriptor: FileDescriptor?
    private let path: FilePath

    init(_ file: LogFile) throws(LogError) {
        path = file.path
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch Errno.noSuchFileOrDirectory {
            descriptor = nil
        } catch {
            throw .read(path, error as? Errno ?? .ioError)
        }
    }

    deinit { try? descriptor?.close() }  // Nothing was written through it.

    /// The bytes at an offset, fewer at the file's end.
    func bytes(at offset: Int64, count: Int) throws(LogError) -> [UInt8] {
        try bytes(of: [0..<Int64(count)], from: offset).bytes
    }

    /// The bytes of several stretches, one behind the other, and where each is among them.
    func bytes(
        of stretches: [Range<Int64>], from start: Int64
    ) throws(LogError) -> (bytes: [UInt8], ranges: [Range<Int>]) {
        guard let descriptor else { return ([], []) }
        var ranges: [Range<Int>] = []
        let total = stretches.reduce(0) { $0 + $1.count }
        do {
            let bytes = try [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
                filled = 0
                for stretch in stretches {
                    let begin = filled
                    let end = begin + stretch.count
                    while filled < end {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<end])
                        let from = start + stretch.lowerBound + Int64(filled - begin)
                        let read = try descriptor.read(fromAbsoluteOffset: from, into: rest)
                        if read == 0 { break }
                        filled += read
                    }
                    ranges.append(begin..<filled)
                }
            }
            return (bytes, ranges)
        } catch {
            throw .read(path, error as? Errno ?? .ioError)
        }
    }
}
