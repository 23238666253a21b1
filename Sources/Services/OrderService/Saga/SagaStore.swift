import Foundation
import GRDB
import ServiceKit

/// Sagas in the database, each leased by the instance that runs it.
///
/// A lease is renewed with every change, and given back by an instance that stops. One that is not renewed in time belongs
/// to an instance that is gone, and another may take the saga over; should the first still live, the version stops its
/// next change. Instances have names of their own, so one that begins may end the leases of its name: they are its former
/// life's.
struct SagaStore: Sendable {
    let database: any DatabaseWriter
    let clock: WallClock
    /// This instance.
    let owner: String
    let lease: Duration

    func newLease() -> SagaLease {
        SagaLease(owner: owner, until: clock.now() + lease)
    }

    func find(_ id: UUID) async throws -> Saga? {
        try await database.read { database in try SagaRows.find(id, in: database) }
    }

    /// Ends the leases of this instance, so that anybody may run its sagas: before it begins, those that its former life
    /// left; when it stops, its own.
    func endLeases() async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE orders SET leased_until = 0 WHERE lease_owner = ? AND phase <> 'finished'",
                arguments: [owner])
        }
    }

    /// Unfinished sagas that nobody runs, oldest first.
    func abandoned(limit: Int) async throws -> [UUID] {
        let now = clock.now()
        return try await database.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM orders WHERE phase <> 'finished' AND leased_until <= ? ORDER BY created_at LIMIT ?
                    """,
                arguments: [now, limit]
            ).compactMap(UUID.init(uuidString:))
        }
    }

    /// The saga, to be run by this instance, its next step begun; nil when it is finished or another instance has it.
    func claim(_ id: UUID) async throws -> Saga? {
        let now = clock.now()
        let lease = newLease()
        return try await database.write { database in
            let isFree = try Bool.fetchOne(
                database,
                sql: "SELECT lease_owner = ? OR leased_until <= ? FROM orders WHERE id = ? AND phase <> 'finished'",
                arguments: [owner, now, id.text])
            guard isFree == true, let saga = try SagaRows.find(id, in: database) else { return nil }
            var begun = saga
            begun.begin()
            return try SagaRows.update(begun, over: saga, lease: lease, in: database)
        }
    }

    /// Stores a change. Throws ``SagaRows/Superseded`` when another instance has taken the saga over.
    func save(_ saga: Saga, over old: Saga) async throws -> Saga {
        let lease = newLease()
        return try await database.write { database in
            try SagaRows.update(saga, over: old, lease: lease, in: database)
        }
    }

    /// Cancels a confirmed order, once (`changed` says whether it was now); its steps are still to be undone.
    func cancel(_ id: UUID) async throws -> (saga: Saga, changed: Bool) {
        let now = clock.now()
        let lease = newLease()
        return try await database.write { database in
            guard let saga = try SagaRows.find(id, in: database) else { throw OrderError.unknown }
            var cancelled = saga
            try cancelled.cancel(at: now)
            guard cancelled != saga else { return (saga, false) }
            return (try SagaRows.update(cancelled, over: saga, lease: lease, in: database), true)
        }
    }
}
