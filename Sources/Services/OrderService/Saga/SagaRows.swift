import Foundation
import GRDB
import ServiceKit

/// Who runs a saga, and until when nobody else may.
struct SagaLease: Sendable {
    let owner: String
    let until: Timestamp
}

/// Sagas in the orders, order_lines and saga_steps tables, within a transaction of the caller's.
enum SagaRows {
    /// Somebody else has stored a change meanwhile, so ours is not.
    struct Superseded: Error {}

    static func insert(_ saga: Saga, lease: SagaLease, in database: Database) throws {
        let order = saga.order
        try database.execute(
            sql: """
                INSERT INTO orders
                    (id, user_id, status, created_at, updated_at, phase, version, traceparent, request_id, lease_owner,
                     leased_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                order.id.text, order.userID.text, order.status.rawValue, order.createdAt, order.updatedAt,
                saga.phase.rawValue, saga.version, saga.traceparent, saga.requestID, lease.owner, lease.until,
            ])
        for (position, line) in order.lines.enumerated() {
            try database.execute(
                sql: "INSERT INTO order_lines (order_id, position, product_id, quantity) VALUES (?, ?, ?, ?)",
                arguments: [order.id.text, position, line.productID.text, line.quantity])
        }
        for step in saga.steps {
            try database.execute(
                sql: """
                    INSERT INTO saga_steps (order_id, position, kind, line, state, attempts) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    order.id.text, step.position, step.kind.name, step.kind.line, step.state.rawValue, step.attempts,
                ])
        }
    }

    static func find(_ id: UUID, in database: Database) throws -> Saga? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM orders WHERE id = ?", arguments: [id.text]),
            let order = try Order.fetch(database, sql: "SELECT * FROM orders WHERE id = ?", arguments: [id.text]).first
        else { return nil }
        guard let phase = Saga.Phase(rawValue: row["phase"]) else { throw Order.UnreadableOrder() }
        let steps = try Row.fetchAll(
            database, sql: "SELECT * FROM saga_steps WHERE order_id = ? ORDER BY position", arguments: [id.text])
        return Saga(
            order: order, phase: phase, steps: try steps.map(SagaStep.init(row:)), version: row["version"],
            traceparent: row["traceparent"], requestID: row["request_id"])
    }

    /// Stores what `saga` has and `old` had not, and the lease.
    static func update(_ saga: Saga, over old: Saga, lease: SagaLease, in database: Database) throws -> Saga {
        var stored = saga
        stored.version = old.version + 1
        let id = saga.order.id.text
        try database.execute(
            sql: """
                UPDATE orders SET
                    status = ?, rejection = ?, rejection_detail = ?, updated_at = ?, phase = ?, version = ?,
                    lease_owner = ?, leased_until = ?
                WHERE id = ? AND version = ?
                """,
            arguments: [
                saga.order.status.rawValue, saga.order.rejection?.reason.rawValue, saga.order.rejection?.detail,
                saga.order.updatedAt, saga.phase.rawValue, stored.version, lease.owner, lease.until, id, old.version,
            ])
        guard database.changesCount == 1 else { throw Superseded() }
        for (step, before) in zip(saga.steps, old.steps) where step != before {
            try database.execute(
                sql: "UPDATE saga_steps SET state = ?, attempts = ? WHERE order_id = ? AND position = ?",
                arguments: [step.state.rawValue, step.attempts, id, step.position])
        }
        for (position, (line, before)) in zip(saga.order.lines, old.order.lines).enumerated() where line != before {
            try database.execute(
                sql: """
                    UPDATE order_lines SET name = ?, price_amount = ?, price_currency = ?
                    WHERE order_id = ? AND position = ?
                    """,
                arguments: [
                    line.offer?.name, line.offer?.unitPrice.amount, line.offer?.unitPrice.currency.description, id,
                    position,
                ])
        }
        return stored
    }
}

extension SagaStep {
    fileprivate init(row: Row) throws {
        guard let kind = Kind(name: row["kind"], line: row["line"]), let state = State(rawValue: row["state"]) else {
            throw Order.UnreadableOrder()
        }
        self.init(position: row["position"], kind: kind, state: state, attempts: row["attempts"])
    }
}
