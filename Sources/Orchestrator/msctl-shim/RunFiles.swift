import CLinux

/// The descriptor on which the daemon waits to hear how the start went: pid and errno, two 32-bit integers.
let statusDescriptor: Int32 = 3

/// Says once how the start went, and closes the descriptor. The daemon may be gone: SIGPIPE is blocked by then or harmless,
/// and whoever adopts the run reads the lock file.
func report(_ arguments: Arguments, pid: Int32, error: Int32) {
    guard arguments.reportsStatus else { return }
    var message = (pid, error)
    _ = write(statusDescriptor, &message, 8)
    close(statusDescriptor)
}

func complain(_ text: StaticString) {
    _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
}

/// A path below a directory, in memory of its own that is never freed: the shim makes a handful and exits.
func path(_ directory: UnsafePointer<CChar>, _ name: StaticString) -> UnsafeMutablePointer<CChar> {
    let length = strlen(directory)
    let size = length + 1 + name.utf8CodeUnitCount + 1
    let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
    memcpy(buffer, directory, length)
    buffer[length] = 0x2F
    memcpy(buffer + length + 1, name.utf8Start, name.utf8CodeUnitCount)
    buffer[size - 1] = 0
    return buffer
}

/// The kernel's own sign that this run lives: a lock that dies with the shim and cannot be inherited by the service.
/// The file holds `SHIM-PID SERVICE-PID` for whoever adopts the run.
struct RunLock {
    private let descriptor: Int32
    let isHeld: Bool

    init(directory: UnsafePointer<CChar>) {
        descriptor = clinux_open(path(directory, "shim.lock"), O_RDWR | O_CREAT, 0o600)
        isHeld = descriptor >= 0 && clinux_lock(descriptor) == 0
    }

    func record(pid: Int32) {
        var line = Line()
        line.append(Int64(getpid()))
        line.append(" ")
        line.append(Int64(pid))
        line.append("\n")
        _ = ftruncate(descriptor, 0)
        line.write(to: descriptor)
    }
}

/// The service's standard streams.
struct Output {
    let out: Int32
    let err: Int32

    init?(_ arguments: Arguments) {
        let flags = O_WRONLY | O_APPEND | O_CREAT
        if let log = arguments.log {
            out = clinux_open(log, flags, 0o600)
            err = out
        } else {
            out = clinux_open(path(arguments.directory, "out.log"), flags, 0o600)
            err = clinux_open(path(arguments.directory, "err.log"), flags, 0o600)
        }
        guard out >= 0, err >= 0 else { return nil }
    }
}

/// `DIR/exit`: `code N TIME`, `signal N TIME` or `errno N TIME` (could not be executed), TIME in ms since 1970. Written
/// whole under another name and renamed. Not fsynced: after a power cut the boot id alone says that the run is over.
enum ExitRecord {
    case ended(Int32)
    case notExecutable(Int32)

    static func write(directory: UnsafePointer<CChar>, _ record: ExitRecord) {
        var line = Line()
        switch record {
        case .ended(let status) where clinux_exited(status) != 0:
            line.append("code ")
            line.append(Int64(clinux_exit_code(status)))
        case .ended(let status):
            line.append("signal ")
            line.append(Int64(clinux_term_signal(status)))
        case .notExecutable(let error):
            line.append("errno ")
            line.append(Int64(error))
        }
        line.append(" ")
        line.append(Clock.wallMilliseconds)
        line.append("\n")
        let temporary = path(directory, "exit.new")
        let file = clinux_open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { return }  // A full disk: the lock's release still says that the run is over.
        line.write(to: file)
        close(file)
        _ = clinux_rename(temporary, path(directory, "exit"))
    }
}

/// A short line of ASCII, built without Swift's strings: they would bring the Unicode tables along.
struct Line {
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 128)
    private var count = 0

    mutating func append(_ text: StaticString) {
        memcpy(buffer + count, text.utf8Start, text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    mutating func append(_ number: Int64) {
        var divisor: Int64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            buffer[count] = UInt8(0x30 + (number / divisor) % 10)
            count += 1
            divisor /= 10
        }
    }

    func write(to descriptor: Int32) {
        _ = CLinux.write(descriptor, buffer, count)
    }
}
