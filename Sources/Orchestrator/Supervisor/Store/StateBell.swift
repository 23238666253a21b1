import CLinux
import StateDirectory
import SystemPackage

/// Tells those who follow `state.db` that a transaction can be read.
///
/// SQLite writes a transaction into the `-wal` file before it makes it visible, and makes it visible through mapped memory,
/// which inotify(7) does not see: whoever looks when the file grows may look too early and never be told again. So the
/// writer sets the database file's time after each transaction (`IN_ATTRIB`).
enum StateBell {
    static func ring(_ layout: StateLayout) {
        // It cannot fail while the database is open; followers of one that was deleted look on their own.
        _ = utimensat(AT_FDCWD, layout.database.string, nil, 0)
    }
}
