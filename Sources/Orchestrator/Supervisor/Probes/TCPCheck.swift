import CLinux
import Manifest
import StateDirectory
import SystemPackage

/// `healthcheck.tcp`: a connection on loopback is accepted.
struct TCPCheck {
    let port: UInt16?
    let timeout: Duration

    func ask(at time: Int64) async -> ProbeReport {
        guard let port else { return .noPort(at: time) }
        let watch = Stopwatch()
        let error = await Blocking.run { connect(to: port) }
        let outcome: ProbeReport.Outcome
        switch error {
        case nil: outcome = .passed
        case .connectionRefused: outcome = .refused
        case .timedOut: outcome = .timedOut
        default: outcome = .failed
        }
        let what = error.map { $0 == .timedOut ? "no answer within \(timeout.milliseconds) ms" : "\($0)" } ?? "accepted"
        return ProbeReport(
            time: time, outcome: outcome, latencyMilliseconds: watch.milliseconds, detail: "TCP port \(port): \(what)")
    }

    private func connect(to port: UInt16) -> Errno? {
        let descriptor = clinux_tcp_socket(1)
        guard descriptor >= 0 else { return Errno(rawValue: clinux_errno()) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                CLinux.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return nil }
        let begun = Errno(rawValue: clinux_errno())
        guard begun == .nowInProgress else { return begun }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, Int32(clamping: timeout.milliseconds)) > 0 else { return .timedOut }
        var error: Int32 = 0
        var size = socklen_t(4)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error == 0 ? nil : Errno(rawValue: error)
    }
}
