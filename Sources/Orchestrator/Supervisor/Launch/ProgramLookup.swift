import CLinux
import Manifest
import SystemPackage

/// Finds a service's program: with a `/` in its name from the working directory, otherwise in the build's output, then on
/// the service's `PATH`.
enum ProgramLookup {
    static func find(_ name: String, service: Service, path: String) throws(LaunchError) -> String {
        if name.contains("/") {
            let absolute = FilePath(service.workingDirectory).pushing(FilePath(name)).lexicallyNormalized().string
            return try check(absolute, exists: access(absolute, F_OK) == 0, lookedIn: [absolute])
        }
        var places = path.split(separator: ":").map(String.init)
        if let build = service.build { places.insert(build.output, at: 0) }
        for place in places {
            let candidate = FilePath(place).appending(name).string
            if access(candidate, X_OK) == 0, !isDirectory(candidate) { return candidate }
        }
        let shown = service.build.map { [$0.output, "PATH"] } ?? ["PATH"]
        throw .noProgram(name, lookedIn: shown)
    }

    private static func check(_ path: String, exists: Bool, lookedIn: [String]) throws(LaunchError) -> String {
        guard exists, !isDirectory(path) else { throw .noProgram(path, lookedIn: ["that place"]) }
        guard access(path, X_OK) == 0 else { throw .notExecutable(path) }
        return path
    }

    static func isDirectory(_ path: String) -> Bool { clinux_is_directory(path) != 0 }
}
