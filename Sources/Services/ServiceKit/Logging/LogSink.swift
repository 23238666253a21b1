import Foundation
import Glibc
import Synchronization

/// Where finished log lines go.
package struct LogSink: Sendable {
    package let write: @Sendable ([UInt8]) -> Void

    package init(write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    package static let standardOutput = LogSink { writeWhole($0, to: STDOUT_FILENO) }
    package static let standardError = LogSink { writeWhole($0, to: STDERR_FILENO) }

    /// One write(2) for each line, so that lines of several threads and processes never mix in a file opened O_APPEND.
    /// Only a pipe that is full, or a signal, can make it short; then the rest follows. When the reader is gone there is
    /// nobody left to tell.
    private static func writeWhole(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
