import StateDirectory

/// How well an instance is, as a colour.
enum Tone {
    case well, busy, ill, idle
}

extension Style {
    func paint(_ text: String, _ tone: Tone) -> String {
        switch tone {
        case .well: green(text)
        case .busy: yellow(text)
        case .ill: red(text)
        case .idle: dim(text)
        }
    }
}

extension InstanceStatus {
    var tone: Tone {
        switch state {
        case .running: health == .unhealthy ? .ill : health == .starting ? .busy : .well
        case .waiting, .starting, .stopping, .backoff: .busy
        case .crashLooping, .failed: .ill
        case .exited: exit?.isSuccess == true ? .idle : .ill
        case .stopped, .skipped: .idle
        }
    }

    /// It can be used: it runs, and its probes have nothing against it.
    var isReady: Bool { state == .running && (health == .healthy || health == .none) }

    /// Why it is not well, or what it waits for, to be shown: the supervisor's sentence, which may quote what a service has
    /// said; else how it ended.
    var why: String? {
        if let reason { return Table.Cell(reason).text }
        switch state {
        case .exited, .backoff, .crashLooping, .failed: return exit?.isSuccess == true ? nil : exit?.words
        case .waiting, .starting, .running, .stopping, .stopped, .skipped: return nil
        }
    }
}

extension ExitStatus {
    var words: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "ended by signal \(number)\(Self.names[number].map { " (\($0))" } ?? "")"
        case .unknown: "ended unseen"
        }
    }

    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
        11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
    ]
}
