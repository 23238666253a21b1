import Glibc

/// A built executable of ours in a process of its own, with an inherited descriptor 3 if wanted.
package final class ServiceProcess: Sendable {
    package let pid: pid_t
    private let output: Int32

    package struct CannotStart: Error {
        package let code: Int32
    }

    /// - Parameters:
    ///   - descriptor: becomes 3 in the child, and `LISTEN_PID` its pid.
    package init(
        _ product: String, arguments: [String] = [], environment: [String: String], descriptor: Int32? = nil
    ) throws(CannotStart) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw CannotStart(code: errno) }
        let (reading, writing) = (ends[0], ends[1])
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, writing, STDERR_FILENO)
        if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, 3) }
        // Only the shell that becomes the service knows its number in advance.
        let script = #"LISTEN_PID=$$; export LISTEN_PID; exec "$0" "$@""#
        let words: [String] = ["/bin/sh", "-c", script, Self.path(of: product)] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        argv.append(nil)
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
        envp.append(nil)
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, "/bin/sh", &actions, nil, &argv, &envp)
        posix_spawn_file_actions_destroy(&actions)
        close(writing)
        guard error == 0 else {
            close(reading)
            throw CannotStart(code: error)
        }
        self.pid = pid
        output = reading
    }

    deinit {
        close(output)
    }

    package func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Everything it wrote until it ended, and its exit status, or 128 and the signal. Blocks; to be called once.
    package func wait() -> (status: Int32, output: String) {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(output, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return (signal == 0 ? (status >> 8) & 0xFF : 128 + signal, String(decoding: text, as: UTF8.self))
    }

    /// The build puts executables beside the test bundle.
    private static func path(of product: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/\(product)"
    }
}
