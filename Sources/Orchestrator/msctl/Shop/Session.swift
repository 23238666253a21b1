import FoundationEssentials
import StateDirectory
import SystemPackage

/// Somebody who is logged in, as kept in `.msctl/tokens`, 0600.
struct Session: Codable, Equatable {
    /// A token is only ever sent to the API that gave it; `project` is the one that runs here, whatever its port.
    let api: String
    let token: String
    let refreshToken: String?
    let userID: String
    let username: String
}

extension Session {
    init(_ session: ShopSession, api: String) {
        self.init(
            api: api, token: session.token, refreshToken: session.refreshToken, userID: session.user.id,
            username: session.user.username)
    }
}

/// The files that sessions are kept in.
struct SessionStore {
    let layout: StateLayout

    enum Owner: String {
        /// Whoever has registered or logged in last.
        case user
        /// The project's own account.
        case `operator`
    }

    private var directory: FilePath { layout.root.appending("tokens") }
    private func path(_ owner: Owner) -> FilePath { directory.appending("\(owner.rawValue).json") }

    /// What a file holds.
    enum Content: Equatable {
        case nothing
        case session(Session)
        /// Somebody's, but nobody can say whose.
        case unreadable
    }

    func content(_ owner: Owner) throws(CommandFailure) -> Content {
        guard let bytes = try CommandFailure.reading({ () throws(StateError) in try AtomicFile.read(path(owner)) })
        else { return .nothing }
        guard let session = try? JSONDecoder().decode(Session.self, from: Data(bytes)) else { return .unreadable }
        return .session(session)
    }

    /// nil when there is none for this API.
    ///
    /// - Throws: that somebody has to log in, when a person's cannot be understood: who goes on without it acts as somebody
    ///   else. The operator just logs in again.
    func read(_ owner: Owner, api: String) throws(CommandFailure) -> Session? {
        switch try content(owner) {
        case .session(let session): return session.api == api ? session : nil
        case .unreadable where owner == .user: throw .loginNeeded("the login that was kept cannot be read any more")
        case .nothing, .unreadable: return nil
        }
    }

    func write(_ session: Session, _ owner: Owner) throws(CommandFailure) {
        try CommandFailure.reading { () throws(StateError) in
            try AtomicFile.makeDirectory(directory)
            // A refresh token is good for one use: one that comes back after a power cut would end the session.
            try AtomicFile.write(Array(JSONOutput.line(session).utf8), to: path(owner), durable: true)
        }
    }

    func remove(_ owner: Owner) throws(CommandFailure) {
        try CommandFailure.reading { () throws(StateError) in try AtomicFile.remove(path(owner)) }
    }

    func removeAll() throws(CommandFailure) {
        try CommandFailure.reading { () throws(StateError) in try AtomicFile.remove(directory) }
    }

    /// Held while a session is renewed, begun or ended: a refresh token used twice would end the session, and whoever
    /// renews must not write over what somebody else has begun meanwhile.
    func lock() async throws(CommandFailure) -> FileLock {
        let path = directory.appending("lock")
        try CommandFailure.reading { () throws(StateError) in try AtomicFile.makeDirectory(directory) }
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            do {
                if let lock = try FileLock(taking: path) { return lock }
            } catch {
                throw CommandFailure(error)
            }
            // Cancellation ends the sleep early and the loop spins to its deadline; nothing cancels a command.
            try? await Task.sleep(for: .milliseconds(5))
        }
        throw .timedOut("another msctl has been renewing the login for 30 s", hint: "\(path)")
    }
}
