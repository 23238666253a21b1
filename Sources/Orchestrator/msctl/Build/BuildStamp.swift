import FoundationEssentials
import Glibc
import Manifest
import StateDirectory
import SystemPackage

/// The record that a unit was built: from which sources, and what came out. Kept in `.msctl/build`.
struct BuildStamp: Codable, Equatable {
    /// A file as the file system knows it.
    struct Identity: Codable, Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int

        /// nil when there is no such file.
        init?(_ path: FilePath) {
            var status = stat()
            guard stat(path.string, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    let fingerprint: Fingerprint
    /// In the order of the unit's programs. nil for one that is not in the output, such as an interpreter on `PATH`.
    let programs: [Identity?]

    init(_ unit: BuildUnit, fingerprint: Fingerprint) {
        self.fingerprint = fingerprint
        programs = unit.programs.map { Identity($0) }
    }

    static func path(of unit: BuildUnit, in layout: StateLayout) -> FilePath {
        var hash = FNV1a()
        hash.add(unit.build.context)
        hash.add(unit.build.output)
        for word in unit.command { hash.add(word) }
        return layout.root.appending("build").appending("\(hash.text).stamp")
    }

    /// nil when the unit was never built, or the stamp cannot be understood: then it is built.
    static func read(_ unit: BuildUnit, in layout: StateLayout) throws(CommandFailure) -> BuildStamp? {
        let path = path(of: unit, in: layout)
        guard let bytes = try CommandFailure.reading({ () throws(StateError) in try AtomicFile.read(path) }) else {
            return nil
        }
        return try? JSONDecoder().decode(BuildStamp.self, from: Data(bytes))
    }

    func write(_ unit: BuildUnit, in layout: StateLayout) throws(CommandFailure) {
        let path = Self.path(of: unit, in: layout)
        try CommandFailure.reading { () throws(StateError) in
            try AtomicFile.makeDirectory(path.removingLastComponent())
            try AtomicFile.write(Array(JSONOutput.line(self).utf8), to: path)
        }
    }
}
