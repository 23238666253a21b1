import CLinux
import StateDirectory
import Synchronization
import SystemPackage

/// `status --watch` on a terminal: the table, drawn anew with each change, and with each second for what the services use.
/// It has the alternate screen, so that what was on the terminal before is there again afterwards.
struct StatusScreen {
    let layout: StateLayout
    let console: Console
    /// Services or instances; empty for all.
    let names: [String]

    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"
    /// Changes that come closer together than this are drawn as one.
    private static let shortest = Duration.milliseconds(40)

    /// What is known now, and word that it is to be drawn: one is as good as many.
    private final class Latest: Sendable {
        private let watched = Mutex<WatchedInstances?>(nil)
        let news: AsyncStream<Void>
        private let newsSink: AsyncStream<Void>.Continuation

        init() { (news, newsSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

        /// nil while there is no daemon to tell.
        var value: WatchedInstances? { watched.withLock { $0 } }

        func set(_ value: WatchedInstances?) {
            let isNews = watched.withLock { watched in
                defer { watched = value }
                return value != nil || watched != nil
            }
            if isNews { redraw() }
        }

        func redraw() { newsSink.yield() }
    }

    func run() async throws(CommandFailure) {
        let signals = try CaughtSignals.catching([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGWINCH, SIGTSTP])
        let latest = Latest()
        guard write(Self.enter) else { return }
        // None of them ends before it is the end of all.
        let end = await Race.first(
            { await follow(latest) },
            {
                while (try? await Task.sleep(for: .seconds(1))) != nil { latest.redraw() }
                return nil
            },
            { await heed(signals, latest) },
            { await draw(latest) })
        _ = write(Self.leave)
        try end?.get()
    }

    // MARK: What is known

    private func follow(_ latest: Latest) async -> Result<Void, CommandFailure>? {
        do {
            while !Task.isCancelled {
                if StatusWatch.isDaemonThere(layout) {
                    _ = try await InstanceWatch(control: try ControlClient(layout: layout), layout: layout)
                        .follow(for: nil) { watched, _ -> Void? in
                            latest.set(watched)
                            return nil
                        }
                }
                latest.set(nil)
                // Only cancellation ends the sleep early, and it is seen above.
                try? await Task.sleep(for: .milliseconds(200))
            }
            return nil
        } catch {
            return .failure(error)
        }
    }

    /// Returns when somebody wants an end.
    private func heed(_ signals: CaughtSignals, _ latest: Latest) async -> Result<Void, CommandFailure>? {
        var count = 0
        while let arrival = await signals.next(after: count) {
            count = arrival.count
            if arrival.asksToEnd { return .success(()) }
            if arrival.number == SIGTSTP {
                _ = write(Self.leave)
                kill(getpid(), SIGSTOP)
                _ = write(Self.enter)
            }
            latest.redraw()
        }
        return nil
    }

    // MARK: What is seen

    /// Returns when the terminal has gone.
    private func draw(_ latest: Latest) async -> Result<Void, CommandFailure>? {
        var rates = UsageRates()
        for await _ in latest.news {
            do {
                guard write(frame(rates.applied(to: try report(latest.value)))) else { return .success(()) }
            } catch {
                return .failure(error)
            }
            // Only cancellation ends the sleep early, and then the loop ends.
            try? await Task.sleep(for: Self.shortest)
        }
        return nil
    }

    private func report(_ watched: WatchedInstances?) throws(CommandFailure) -> StatusReport {
        guard let watched else { return try StatusReport.read(layout, services: names) }
        return try StatusReport.of(watched, names, layout)
    }

    /// Each line over what was there; what does not fit is cut.
    private func frame(_ report: StatusReport) -> String {
        var size: (columns: Int32, rows: Int32) = (80, 24)
        _ = clinux_terminal_size(STDOUT_FILENO, &size.columns, &size.rows)
        let (width, height) = (max(1, Int(size.columns)), max(3, Int(size.rows)))
        let table =
            report.rows.isEmpty
            ? "nothing is running"
            : StatusTable.rendered(
                report, now: TimeText.nowMilliseconds, style: console.outputStyle, width: width)
        let warning = DiskWarning.text(layout).map { [console.outputStyle.yellow(String($0.prefix(width)))] } ?? []
        var lines = [heading(report, width)] + warning + table.split(separator: "\n").map(String.init)
        if lines.count > height {
            let hidden = lines.count - height + 1
            lines = lines.prefix(height - 1) + [console.outputStyle.dim("… \(hidden) more")]
        }
        return "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    }

    private func heading(_ report: StatusReport, _ width: Int) -> String {
        let daemon =
            switch report.daemon {
            case .running(let pid, let since):
                "msctld \(pid), \(TimeText.coarse(.milliseconds(TimeText.nowMilliseconds - since)))"
            case .returning: "msctld is on its way"
            case .absent: "msctld is not running"
            }
        let well = report.rows.filter(\.status.isReady).count
        let text = "\(report.project): \(well) of \(report.rows.count) ready  \(daemon)"
        return console.outputStyle.bold(String(text.prefix(width)))
    }

    /// False when the terminal has gone.
    private func write(_ text: String) -> Bool {
        (try? FileDescriptor.standardOutput.writeAll(text.utf8)) != nil
    }
}
