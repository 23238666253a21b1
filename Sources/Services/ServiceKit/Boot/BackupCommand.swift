import Foundation

/// `SERVICE backup FILE`: copies the service's database, which `DATABASE_URL` names as it does for the service, to a new
/// file; whether or not the service runs.
enum BackupCommand {
    /// EX_USAGE of sysexits(3).
    static let usageStatus: Int32 = 64

    /// What to tell the operator, and the exit status: 0, 1 when there is no copy, 64 when this is no such command, 78 when
    /// `DATABASE_URL` cannot be used.
    static func run(_ words: [String], environment: [String: String], service: String) -> (status: Int32, text: String)
    {
        guard words.count == 2, words[0] == "backup", !words[1].isEmpty else {
            return (usageStatus, "usage: \(service)\n       \(service) backup FILE")
        }
        var reader = ConfigurationReader(environment: environment)
        let path = reader.sqlitePath("DATABASE_URL")
        do {
            try reader.finish()
            try DatabaseCopy.make(of: path, at: words[1])
            return (0, "\(path) is copied to \(words[1])")
        } catch let error as ConfigurationError {
            return (ServiceMain.configurationStatus, error.problems.joined(separator: "\n"))
        } catch {
            return (1, "\(error)")
        }
    }
}
