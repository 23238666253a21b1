import CLinux
import SystemPackage

extension StateLayout {
    /// Where the daemon listens: `.msctl/control.sock`, or, when that path is over 100 bytes (unix(7) allows 107), a
    /// directory of this project's own below `$XDG_RUNTIME_DIR` or `/tmp`.
    package func controlSocket(runtimeDirectory: String?) -> FilePath {
        let usual = root.appending("control.sock")
        guard usual.string.utf8.count > 100 else { return usual }
        let base = runtimeDirectory.map { FilePath($0) } ?? FilePath("/tmp")
        return base.appending("msctl-\(getuid())-\(String(digest, radix: 16))").appending("control.sock")
    }

    /// As above, with the `XDG_RUNTIME_DIR` of this process.
    package var controlSocket: FilePath {
        controlSocket(runtimeDirectory: getenv("XDG_RUNTIME_DIR").map { String(cString: $0) })
    }

    /// FNV-1a of the root's path: tells projects apart, no more.
    package var digest: UInt64 {
        root.string.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
