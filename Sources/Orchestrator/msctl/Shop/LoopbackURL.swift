/// URLs that lead to this machine and nowhere else, whoever reads them: only their plainest forms are taken for such.
enum LoopbackURL {
    /// `http` or `https`, one of `localhost`, `[::1]` or an address in 127.0.0.0/8, a port or none.
    static func matches(_ url: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else { return false }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host: Substring
        if let colon = authority.lastIndex(of: ":"), authority[colon...].dropFirst().allSatisfy(isDigit) {
            host = authority[..<colon]
        } else {
            host = authority
        }
        return host == "localhost" || host == "[::1]" || isLoopbackAddress(host)
    }

    private static func isLoopbackAddress(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in
            (1...3).contains(part.count) && part.allSatisfy(isDigit) && (UInt16(part) ?? 256) < 256
        }
    }

    private static func isDigit(_ character: Character) -> Bool { "0" <= character && character <= "9" }
}
