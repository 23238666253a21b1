import CLinux
import Foundation
import SystemPackage

/// A directory of one test, deleted with all it holds when the value is let go.
package final class TemporaryDirectory: Sendable {
    package let path: FilePath

    package init() {
        var template = Array("/tmp/msctl-test.XXXXXX".utf8CString)
        path = FilePath(
            template.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/nonexistent"
            })
    }

    package func file(_ name: String, _ text: String) throws -> FilePath {
        let file = path.appending(name)
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try text.write(toFile: file.string, atomically: true, encoding: .utf8)
        return file
    }

    deinit {
        // A directory that cannot be deleted is left to the machine's own cleaning of /tmp.
        try? FileManager.default.removeItem(atPath: path.string)
    }
}
