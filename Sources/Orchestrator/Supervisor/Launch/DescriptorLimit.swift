import CLinux
import Manifest

/// How many files the daemon may have open: some for each service, so it takes all that it is allowed (the hard limit of
/// RLIMIT_NOFILE, getrlimit(2)). Services get what msctl was started with: programs that use select(2) break beyond 1,024.
package enum DescriptorLimit {
    /// Raises this process's limit.
    ///
    /// - Returns: what it was, for services; nil when it was as high as it can be.
    package static func raise() -> ResourceLimits.Ulimit? {
        guard let resource = Ulimit.resources["nofile"] else { return nil }
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        guard clinux_get_limit(resource, &soft, &hard) == 0, soft < hard, clinux_set_limit(resource, hard, hard) == 0
        else { return nil }
        return ResourceLimits.Ulimit(name: "nofile", soft: soft, hard: hard)
    }
}
