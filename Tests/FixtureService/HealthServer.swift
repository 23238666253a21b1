import CLinux

/// The smallest HTTP server that can misbehave: one request at a time, any path, one answer.
struct HealthServer {
    private let options: Options
    private var listener: Int32 = -1
    private var silent: [Int32] = []
    private var answers = 0

    init(_ options: Options) { self.options = options }

    mutating func serve(now: Int, wait: Int32) {
        if listener < 0 {
            if now < options.number("listen-after") ?? 0 {
                usleep(1000)
                return
            }
            listen()
        }
        var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, wait) > 0 else { return }
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        if options.flag("hang") {
            silent.append(connection)
            return
        }
        answer(connection)
        answers += 1
        close(connection)
    }

    private mutating func listen() {
        if options.flag("listen-fds") {
            let isMine = getenv("LISTEN_PID").flatMap { Int32(String(cString: $0)) } == getpid()
            guard isMine, getenv("LISTEN_FDS").map({ String(cString: $0) }) == "1" else {
                FixtureService.print("no socket was passed")
                exit(1)
            }
            listener = 3
            return
        }
        listener = clinux_tcp_socket(0)
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = (getenv("PORT").flatMap { UInt16(String(cString: $0)) } ?? 0).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, CLinux.listen(listener, 64) == 0 else {
            FixtureService.print("cannot listen")
            exit(1)
        }
    }

    private func answer(_ connection: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = buffer.withUnsafeMutableBytes { read(connection, $0.baseAddress, $0.count) }
        if let delay = options.number("delay") { usleep(UInt32(delay) * 1000) }
        let isEarly = answers < options.number("healthy-after") ?? 0
        let status = isEarly ? 503 : options.number("status") ?? 200
        let body = "{\"status\":\(status)}"
        var text = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        text.withUTF8 { _ = write(connection, $0.baseAddress, $0.count) }
    }
}
