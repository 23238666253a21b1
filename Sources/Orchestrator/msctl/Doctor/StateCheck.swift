import CLinux
import Glibc
import StateDirectory
import SystemPackage

/// The state directory: whether it can be used, and only by its owner.
struct StateCheck {
    let layout: StateLayout

    func findings() -> [Finding] { [directory(), disk(), socket()] }

    private func directory() -> Finding {
        let root = layout.root
        var status = stat()
        guard stat(root.string, &status) == 0 else {
            let parent = root.removingLastComponent()
            guard access(parent.string, W_OK | X_OK) == 0 else {
                return .fail(
                    "state directory", "\(root) cannot be made: \(parent) may not be written",
                    "run msctl as the owner of \(parent)")
            }
            return .ok("state directory", "\(root) is made by the first 'msctl up'")
        }
        guard clinux_is_directory(root.string) != 0 else {
            return .fail("state directory", "\(root) is no directory", "move it away")
        }
        guard access(root.string, R_OK | W_OK | X_OK) == 0 else {
            return .fail("state directory", "\(root) may not be read and written", "run msctl as its owner")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            return .fail(
                "state directory", "\(root) is open to others (mode \(String(mode, radix: 8))), and holds secrets",
                "chmod 700 \(root)")
        }
        do {
            _ = try StateReader(layout: layout).storedStatuses()
        } catch {
            return .fail(
                "state directory", "\(error)",
                "after 'msctl down', delete \(layout.database); what is wanted is in the manifests")
        }
        return .ok("state directory", "\(root) is its owner's alone")
    }

    private func disk() -> Finding {
        var place = layout.root
        while access(place.string, F_OK) != 0, place.removeLastComponent() {}
        guard let space = clinux_free_space(place.string).nonNegative else {
            return .warn("disk", "the free space at \(place) cannot be read", "see 'df \(place)'")
        }
        let detail = "\(StatusTable.bytes(space)) free at \(place)"
        let advice = "free some; logs take what 'logs: { retain: … }' allows each instance"
        if space < 100_000_000 { return .fail("disk", detail, advice) }
        return space < 1_000_000_000 ? .warn("disk", detail, advice) : .ok("disk", detail)
    }

    private func socket() -> Finding {
        let socket = layout.controlSocket
        guard socket.string.utf8.count <= 107 else {
            return .fail(
                "control socket", "\(socket) is longer than the 107 bytes of a socket's path",
                "set XDG_RUNTIME_DIR to a short directory of your own")
        }
        if access(socket.string, F_OK) == 0, StateReader(layout: layout).daemon() == .absent {
            return .warn(
                "control socket", "\(socket) was left by a daemon that was killed", "the next 'msctl up' removes it")
        }
        let isMoved = !socket.starts(with: layout.root)
        return .ok("control socket", isMoved ? "\(socket), because the project's path is long" : "\(socket)")
    }
}

extension Int64 {
    fileprivate var nonNegative: UInt64? { self < 0 ? nil : UInt64(self) }
}
