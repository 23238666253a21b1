import Glibc
import SystemPackage

@testable import Manifest

/// A directory of manifests below the system's temporary directory; gone when the test is.
final class ScratchProject {
    let directory: FilePath

    init(_ files: [String: String]) throws {
        var template = Array("/tmp/manifest-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
        directory = FilePath(String(cString: made))
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { Self.remove(directory) }

    func write(_ text: String, to name: String) throws {
        try write(bytes: Array(text.utf8), to: name)
    }

    func write(bytes: [UInt8], to name: String) throws {
        let path = directory.pushing(FilePath(name))
        var parent = directory
        for component in FilePath(name).removingLastComponent().components {
            parent.append(component)
            _ = parent.withPlatformString { mkdir($0, 0o700) }
        }
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
    }

    func load(
        files: [String] = [], profiles: [String] = [], environment: [String: String] = [:]
    ) throws(ManifestErrors) -> LoadedProject {
        try ManifestLoader(
            files: files.map { FilePath($0) }, profiles: profiles, environment: environment, currentDirectory: directory
        ).load()
    }

    /// What loading reports, as text; empty when it loads.
    func problems(profiles: [String] = [], environment: [String: String] = [:]) -> [String] {
        do {
            _ = try load(profiles: profiles, environment: environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private static func remove(_ path: FilePath) {
        if let stream = path.withPlatformString({ opendir($0) }) {
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove(path.appending(name)) }
            }
            closedir(stream)
            _ = path.withPlatformString { rmdir($0) }
        } else {
            _ = path.withPlatformString { unlink($0) }
        }
    }
}

extension Variables {
    init(_ environment: [String: String]) { self.init(environment: environment, record: LoadRecord()) }
}

/// Loads `manifests/a.yaml` with this text.
func load(_ text: String, environment: [String: String] = [:]) throws -> LoadedProject {
    try ScratchProject(["manifests/a.yaml": text]).load(environment: environment)
}

/// The service `a` of such a manifest, given the lines below its name.
func service(_ lines: String, environment: [String: String] = [:]) throws -> Service {
    let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    let project = try load("services:\n  a:\n    command: [a]\n\(body)", environment: environment).project
    guard let service = project[service: "a"] else { throw Errno.noSuchFileOrDirectory }
    return service
}

/// What is wrong with `manifests/a.yaml` with this text.
func problems(_ text: String, environment: [String: String] = [:]) throws -> [String] {
    try ScratchProject(["manifests/a.yaml": text]).problems(environment: environment)
}
