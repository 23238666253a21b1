import StateDirectory

/// Ending a login. It is forgotten here first, whatever becomes of the rest: who logs out at a machine leaves it.
struct Logout {
    private let context: CommandContext
    private let pauses: Pauses
    private let layout: StateLayout
    private let api: String

    init(_ context: CommandContext, pauses: Pauses = .real) throws(CommandFailure) {
        self.context = context
        self.pauses = pauses
        layout = try context.layout()
        api = ShopClient.api(context)
    }

    /// The words for what was done.
    ///
    /// - Throws: that the API could not be told, with the exit code of the reason.
    func run() async throws(CommandFailure) -> String {
        switch try await forget() {
        case .nothing: return "nobody is logged in"
        case .unreadable: return "the login that was kept could not be read; it is forgotten, and ends by itself"
        case .session(let session):
            let name = Table.Cell(session.username).text
            do {
                if let refreshToken = session.refreshToken {
                    try await ShopClient(context: context, layout: layout, pauses: pauses).logOut(refreshToken)
                }
            } catch {
                throw error.told {
                    "\(name) is logged out here; the API, where the login ends by itself, is not told: \($0)"
                }
            }
            return "\(name) is logged out"
        }
    }

    /// Removes what is kept for this API.
    private func forget() async throws(CommandFailure) -> SessionStore.Content {
        let store = SessionStore(layout: layout)
        let lock = try await store.lock()
        defer { withExtendedLifetime(lock) {} }
        let content = try store.content(.user)
        if case .session(let session) = content, session.api != api { return .nothing }
        try store.remove(.user)
        return content
    }
}
