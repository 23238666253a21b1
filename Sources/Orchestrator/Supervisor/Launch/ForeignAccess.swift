import CLinux
import Manifest
import StateDirectory
import SystemPackage

/// What a service that somebody else than msctl's user runs needs of `.msctl`, which is its owner's alone (0700).
///
/// When there is such a service, `.msctl`, `data` and `credentials` let others pass (0711: names can be tried, not listed).
/// Behind them the user finds `endpoints.json` (0644), its own `data/SERVICE` and its copies of the secrets that the
/// service names. The control socket, state.db, `runs`, `secrets` and other services' data stay their owner's: the log
/// files it writes to are opened for it. Directories above `.msctl` are not touched.
struct ForeignAccess {
    let layout: StateLayout
    let credentials: Credentials

    /// Throws what the file system refused.
    func open(for service: Service, secrets: [Secret]) throws(StateError) {
        for directory in [layout.root, layout.data] { try admit(directory) }
        try hand(over: layout.data(of: service.name))
        let generated = secrets.filter { $0.isKeptHere && service.secrets.contains($0.name) }
        guard !generated.isEmpty else { return }
        let own = layout.credentials(of: service.name)
        try AtomicFile.makeDirectory(own)
        try admit(layout.credentials)
        for secret in generated {
            guard let value = try AtomicFile.read(layout.secret(secret.name)) else { throw .noSecret(secret.name) }
            let copy = own.appending(secret.name)
            try AtomicFile.write(value, to: copy, mode: 0o400)
            try give(copy)
        }
        try give(own)
    }

    /// The directory, and what the owner before this one had in it: `user:` may have been changed. Nothing else in there
    /// changes hands, so that a link to somebody else's file gives nothing away.
    private func hand(over directory: FilePath) throws(StateError) {
        guard let owner = Self.owner(of: directory), owner != credentials.uid else { return }
        var next = [directory]
        while let path = next.popLast() {
            guard Self.owner(of: path) == owner else { continue }
            if Self.isDirectory(path) { next += AtomicFile.names(in: path).map { path.appending($0) } }
            try give(path)
        }
    }

    private func give(_ path: FilePath) throws(StateError) {
        guard lchown(path.string, credentials.uid, credentials.gid) == 0 else {
            throw .file(path, Errno(rawValue: clinux_errno()))
        }
    }

    private func admit(_ directory: FilePath) throws(StateError) {
        guard chmod(directory.string, 0o711) == 0 else { throw .file(directory, Errno(rawValue: clinux_errno())) }
    }

    private static func owner(of path: FilePath) -> UInt32? {
        var status = stat()
        return lstat(path.string, &status) == 0 ? status.st_uid : nil
    }

    private static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0 && status.st_mode & 0o170000 == 0o040000  // S_IFMT, S_IFDIR
    }
}

extension Credentials {
    /// The first directory on the way to `path` that this user may not enter, by its mode; nil when all let it in.
    func obstacle(on path: FilePath) -> FilePath? {
        var way: [FilePath] = []
        var directory = path
        while way.count < 256 {
            way.insert(directory, at: 0)
            if !directory.removeLastComponent() { break }
        }
        return way.first { directory in
            var status = stat()
            guard stat(directory.string, &status) == 0 else { return true }
            let bit: mode_t =
                status.st_uid == uid ? 0o100 : ([gid] + groups).contains(status.st_gid) ? 0o010 : 0o001
            return status.st_mode & bit == 0
        }
    }
}
