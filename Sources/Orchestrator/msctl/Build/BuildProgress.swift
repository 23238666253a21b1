/// What is seen of a build: one line that is redrawn on a terminal, a line at its start and one at its end elsewhere.
struct BuildProgress {
    let name: String
    let console: Console

    init(name: String, console: Console) {
        self.name = name
        self.console = console
    }

    func begin() {
        console.errorIsLive ? draw("building \(name)") : console.talk("building \(name)")
    }

    func show(_ line: String, after elapsed: Duration) {
        if console.errorIsLive {
            draw("building \(name)  \(console.errorStyle.dim("\(TimeText.coarse(elapsed))  \(line)"))")
        }
    }

    /// nil when it failed; what is wrong is said by the failure.
    func end(_ elapsed: Duration?) {
        if console.errorIsLive { console.talk(raw: "\r\u{1B}[2K") }
        if let elapsed { console.talk("built \(name) in \(TimeText.elapsed(elapsed))") }
    }

    /// Without wrapping, so that it stays one line on any terminal.
    private func draw(_ line: String) { console.talk(raw: "\r\u{1B}[2K\u{1B}[?7l\(line)\u{1B}[?7h") }
}
