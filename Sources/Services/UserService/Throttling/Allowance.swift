/// How many wrong passwords are borne before each next one has to wait, and how that is forgotten: a bucket that leaks
/// one try at a time. The wait doubles with every further try up to a bound, so nobody is locked out for good.
struct Allowance: Sendable {
    /// Tries without any wait.
    let burst: Int
    /// One try is forgotten each time this has passed.
    let forgiveness: Duration
    /// The longest wait.
    let longest: Duration

    /// One address for one account: a person who has forgotten which of his passwords it was.
    static let pair = Allowance(burst: 10, forgiveness: .seconds(600), longest: .seconds(300))
    /// One address for whatever accounts: an office, or somebody who goes through a list.
    static let address = Allowance(burst: 50, forgiveness: .seconds(30), longest: .seconds(60))
    /// One account from whatever addresses. Loose, since the owner is behind it as well.
    static let account = Allowance(burst: 100, forgiveness: .seconds(10), longest: .seconds(2))

    /// The tries that are held against somebody.
    struct Tally: Sendable {
        /// As many as there were right after the last.
        var tries: Double
        var last: ContinuousClock.Instant
    }

    /// How long to wait before the next try.
    func wait(_ tally: Tally?, now: ContinuousClock.Instant) -> Duration {
        // A try that is half forgotten is a try.
        let tries = Int((tally?.tries ?? 0).rounded(.up))
        guard let tally, tries >= burst else { return .zero }
        // Twenty doublings are days.
        let doublings = min(tries - burst, 20)
        return max(.zero, min(.seconds(1 << doublings), longest) - tally.last.duration(to: now))
    }

    /// The tries that are not forgotten yet.
    func remaining(_ tally: Tally?, now: ContinuousClock.Instant) -> Double {
        tally.map { max(0, $0.tries - $0.last.duration(to: now) / forgiveness) } ?? 0
    }
}
