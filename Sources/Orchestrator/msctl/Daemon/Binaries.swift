import FoundationEssentials
import SystemPackage

/// Finds msctl's own other programs: beside the running msctl, else where an installation keeps them.
enum Binaries {
    static func find(_ name: String) throws(CommandFailure) -> FilePath {
        let program: FilePath
        do {
            program = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        } catch {
            throw .failed("cannot tell where msctl itself is: \(error)")
        }
        let beside = program.removingLastComponent()
        let candidates = [
            beside.appending(name),
            beside.removingLastComponent().appending("libexec").appending("msctl").appending(name),
        ]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw .failed(
                "there is no \(name) at \(candidates.map(\.string).joined(separator: " or "))",
                hint: "msctl, msctld and msctl-shim are installed together; install them again")
        }
        return found
    }
}
