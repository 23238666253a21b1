import ArgumentParser
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import msctl

@Suite struct PasswordTests {
    @Test func `passwords on stdin stand on a line each`() throws {
        #expect(try lines("one\ntwo\n") == ["one", "two"])
        #expect(try lines("one\r\n\r\ntwo") == ["one", "", "two"])
        #expect(try lines("") == [])
        let long = String(repeating: "x", count: 9000)
        #expect(try lines("\(long)\n\(long)") == [long, long])
    }

    @Test func `a password is the first line of its file`() throws {
        let directory = TemporaryDirectory()
        _ = try directory.file("secret", "correct horse\nmore\n")
        _ = try directory.file("empty", "\n")
        let context = CommandContext(
            environment: [:], workingDirectory: directory.path, shared: try SharedOptions.parse([]), files: [])
        #expect(try Password.read(file: "secret", context: context, confirmed: true) == "correct horse")
        for name in ["empty", "none"] {
            #expect {
                try Password.read(file: name, context: context, confirmed: true)
            } throws: {
                ($0 as? CommandFailure)?.exitCode == 64
            }
        }
    }

    private func lines(_ text: String) throws -> [String] {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        // The descriptor is closed with the pipe.
        return try withExtendedLifetime(pipe) {
            var input = InputLines(descriptor: pipe.fileHandleForReading.fileDescriptor)
            var lines: [String] = []
            while let line = try input.next() { lines.append(line) }
            return lines
        }
    }
}
