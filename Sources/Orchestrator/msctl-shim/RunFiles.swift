import CLinux

/// The descriptor on which the daemon waits to hear how the start went.
let statusDescriptor: Int32 = 3

/// Says once how the start went, and closes the descriptor: four 32-bit integers, pid, errno, ``Trouble/Step`` and its
/// detail. When the program runs, errno is 0 and the detail is why it is in no cgroup. The daemon may be gone: SIGPIPE is
/// blocked by then or harmless, and whoever adopts the run reads the lock file.
func report(_ arguments: Arguments, pid: Int32, _ trouble: Trouble) {
    guard arguments.reportsStatus else { return }
    var message = (pid, trouble.error, trouble.step.rawValue, trouble.detail)
    _ = write(statusDescriptor, &message, 16)
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
        line.overwrite(descriptor)
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
        // So that the service can open /dev/stdout by its name, too.
        if arguments.user >= 0 {
            fchown(out, uid_t(arguments.user), gid_t(arguments.group))
            fchown(err, uid_t(arguments.user), gid_t(arguments.group))
        }
    }
}

/// `DIR/exit`: `code N TIME` or `signal N TIME`, TIME in ms since 1970, with ` oom` behind it when the kernel ended a process
/// of the run because of its memory limit; `errno N TIME` when the program could not be executed, `limit`, `user` or
/// `reach` with the errno when it did not come to that. Written whole under another name and renamed. Not fsynced: after a
/// power cut the boot id alone says that the run is over.
enum ExitRecord {
    case ended(Int32, ranOutOfMemory: Bool)
    case notStarted(Trouble)

    static func write(directory: UnsafePointer<CChar>, _ record: ExitRecord) {
        var line = Line()
        switch record {
        case .ended(let status, _) where clinux_exited(status) != 0:
            line.append("code ")
            line.append(Int64(clinux_exit_code(status)))
        case .ended(let status, _):
            line.append("signal ")
            line.append(Int64(clinux_term_signal(status)))
        case .notStarted(let trouble):
            switch trouble.step {
            case .execute: line.append("errno ")
            case .limit: line.append("limit ")
            case .user: line.append("user ")
            case .reach: line.append("reach ")
            }
            line.append(Int64(trouble.error))
        }
        line.append(" ")
        line.append(Clock.wallMilliseconds)
        if case .ended(_, true) = record { line.append(" oom") }
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

    /// In place of what a file begins with, in one call and as long as every such line: a reader finds the old line or the
    /// new one, never neither.
    func overwrite(_ descriptor: Int32) {
        let length = 32
        for index in count..<length { buffer[index] = 0x0A }
        _ = pwrite(descriptor, buffer, length, 0)
    }

    /// Over the first `room` bytes of a C string, which ends there.
    func copy(to text: UnsafeMutablePointer<CChar>, room: Int) {
        guard count <= room else { return }
        memcpy(text, buffer, count)
        text[count] = 0
    }
}
