import Foundation

/// A place in a list ordered by time of creation, then by id.
package struct CreationPlace: Sendable, Equatable {
    package let createdAt: Timestamp
    package let id: UUID

    package init(createdAt: Timestamp, id: UUID) {
        self.createdAt = createdAt
        self.id = id
    }

    /// What a ``ListCursor`` keeps of it.
    package var keys: [String] { [String(createdAt.milliseconds), id.text] }

    /// nil when `keys` are not those of such a place.
    package init?(keys: [String]) {
        guard keys.count == 2, let time = Int64(keys[0]), let id = UUID(text: keys[1]) else { return nil }
        self.init(createdAt: Timestamp(milliseconds: time), id: id)
    }
}
