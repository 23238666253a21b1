import CLinux
import SystemPackage

/// The executables that the build puts beside the test bundle.
package enum BuiltProducts {
    package static let directory: FilePath = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(path).removingLastComponent()
    }()

    package static func path(_ name: String) -> FilePath { directory.appending(name) }
    package static var fixtureService: String { path("FixtureService").string }
    package static var shim: FilePath { path("msctl-shim") }
}
