import Glibc

/// What Ctrl-C means to a command that goes on until somebody ends it.
enum Interruption {
    /// SIGINT and SIGTERM end the program at once, with exit code 0: it has done what it was asked for. What is printed is
    /// whole lines, written whole.
    static func endsInSuccess() {
        for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(0) } }
    }
}
