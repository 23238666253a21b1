import Foundation
import GRDB
import ServiceKit

/// Placing orders: the order, its lines, its saga's steps and its idempotency key are one transaction.
struct PlacementStore: Sendable {
    let sagas: SagaStore
    /// How long after a request with a key began nobody else may answer for it: longer than it can possibly take.
    let busy: Duration

    /// What came of a request to place an order.
    enum Placement: Sendable {
        /// It is placed, now (`isNew`) or before by somebody who was interrupted; its saga is to run, and the request to
        /// be answered.
        case unanswered(order: UUID, isNew: Bool)
        /// It was placed before, and answered like this.
        case answered(OrderAnswer, order: UUID)
    }

    /// - Throws: ``OrderError/requestInProgress`` or ``OrderError/keyReused``.
    func place(_ saga: Saga, key: IdempotencyKey?, fingerprint: String) async throws -> Placement {
        let now = sagas.clock.now()
        let lease = sagas.newLease()
        return try await sagas.database.write { database in
            let placed = Placement.unanswered(order: saga.order.id, isNew: true)
            guard let key else {
                try SagaRows.insert(saga, lease: lease, in: database)
                return placed
            }
            let user = saga.order.userID
            if let known = try find(key, of: user, now: now, in: database) {
                return try accept(known, fingerprint: fingerprint, now: now)
            }
            try SagaRows.insert(saga, lease: lease, in: database)
            // In place of one whose day is over.
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO idempotency_keys (user_id, key, payload, order_id, busy_until, created_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [user.text, key.text, fingerprint, saga.order.id.text, now + busy, now])
            return placed
        }
    }

    /// Remembers how the request with `key` that placed `order` was answered; the first answer stays.
    func record(_ answer: OrderAnswer, for key: IdempotencyKey, of order: Order) async throws {
        try await sagas.database.write { database in
            try database.execute(
                sql: """
                    UPDATE idempotency_keys SET status = ?, body = ?
                    WHERE user_id = ? AND key = ? AND order_id = ? AND status IS NULL
                    """,
                arguments: [answer.status, answer.body, order.userID.text, key.text, order.id.text])
        }
    }

    /// Deletes the keys whose day is over; they are good for nothing as it is.
    func forgetOldKeys() async throws {
        let oldest = Self.oldest(sagas.clock.now())
        try await sagas.database.write { database in
            try database.execute(sql: "DELETE FROM idempotency_keys WHERE created_at <= ?", arguments: [oldest])
        }
    }

    private func find(_ key: IdempotencyKey, of user: UUID, now: Timestamp, in database: Database) throws -> Row? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM idempotency_keys WHERE user_id = ? AND key = ? AND created_at > ?",
            arguments: [user.text, key.text, Self.oldest(now)])
    }

    private static func oldest(_ now: Timestamp) -> Int64 {
        now.milliseconds - IdempotencyKey.lifetime.components.seconds * 1000
    }

    private func accept(_ known: Row, fingerprint: String, now: Timestamp) throws -> Placement {
        guard known["payload"] == fingerprint else { throw OrderError.keyReused }
        guard let order = UUID(text: known["order_id"]) else { throw Order.UnreadableOrder() }
        if let status: Int = known["status"] {
            return .answered(OrderAnswer(status: status, body: known["body"]), order: order)
        }
        let busyUntil: Timestamp = known["busy_until"]
        guard busyUntil <= now else { throw OrderError.requestInProgress }
        return .unanswered(order: order, isNew: false)
    }
}
