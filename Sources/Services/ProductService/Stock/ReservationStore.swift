import Foundation
import GRDB
import ServiceKit

/// The reservations table and, always in the same transaction, the pieces in the products table, by ``StockChange``.
///
/// Every piece is in the stock or in exactly one reservation that is held or confirmed.
struct ReservationStore: Sendable {
    let database: any DatabaseWriter
    let clock: WallClock
    let lifetime: Duration

    /// Takes the pieces out of the stock, or finds that this was done before (`isNew` is false).
    func reserve(_ request: ReservationRequest) async throws -> (reservation: Reservation, isNew: Bool) {
        let now = clock.now()
        let expiresAt = now + lifetime
        return try await database.write { database in
            if let existing = try find(request.id, in: database) {
                return (try accept(existing, for: request), false)
            }
            let product = try take(request, now: now, in: database)
            let reservation = Reservation(
                id: request.id, productID: request.productID, status: .held,
                content: .init(
                    orderID: request.orderID, quantity: request.quantity, name: product.name,
                    unitPrice: product.price, expiresAt: expiresAt))
            try insert(reservation, now: now, in: database)
            return (reservation, true)
        }
    }

    /// Sells what is held. What is over stays over.
    func confirm(_ id: UUID, of product: UUID) async throws -> (reservation: Reservation, changed: Bool) {
        let now = clock.now()
        return try await database.write { database in
            guard let existing = try find(id, in: database), existing.productID == product else {
                throw ReservationError.unknown
            }
            switch existing.status {
            case .held: return (try move(existing, to: .confirmed, now: now, in: database), true)
            case .confirmed: return (existing, false)
            case .released, .expired, .returned: throw ReservationError.over(existing.status)
            }
        }
    }

    /// Puts back what is held. Done once, it changes nothing more; what was never made is noted, so that a request to
    /// make it which is still on its way comes too late.
    func release(_ id: UUID, of product: UUID) async throws -> (reservation: Reservation, changed: Bool) {
        try await giveBack(id, of: product) { (_) throws(ReservationError) in throw .confirmed }
    }

    /// Puts back what is sold, or held: for an order that is cancelled or fails after a part of it was confirmed. Like
    /// `release` in everything else.
    func giveBackSold(_ id: UUID, of product: UUID) async throws -> (reservation: Reservation, changed: Bool) {
        try await giveBack(id, of: product) { _ in .returned }
    }

    /// Puts back what is held past its time: at most `limit` at once, so that the writer is not kept from others.
    func expire(limit: Int = 500) async throws -> [Reservation] {
        let now = clock.now()
        return try await database.write { database in
            let expired = try Row.fetchAll(
                database,
                sql: """
                    UPDATE reservations SET status = 'expired', updated_at = ?
                    WHERE id IN (
                        SELECT id FROM reservations
                        WHERE status = 'held' AND expires_at <= ? ORDER BY expires_at LIMIT ?)
                    RETURNING *
                    """,
                arguments: [now, now, limit]
            ).map(Reservation.init(row:))
            for reservation in expired {
                try putBack(reservation, because: .expired, now: now, in: database)
            }
            return expired
        }
    }

    // MARK: Within a transaction

    private func giveBack(
        _ id: UUID, of product: UUID,
        sold: @escaping @Sendable (Reservation) throws(ReservationError) -> Reservation.Status
    ) async throws -> (reservation: Reservation, changed: Bool) {
        let now = clock.now()
        return try await database.write { database in
            guard let existing = try find(id, in: database) else {
                let neverMade = Reservation(id: id, productID: product, status: .released, content: nil)
                try insert(neverMade, now: now, in: database)
                return (neverMade, true)
            }
            guard existing.productID == product else { throw ReservationError.unknown }
            let status: Reservation.Status
            switch existing.status {
            case .held: status = .released
            case .confirmed: status = try sold(existing)
            case .released, .expired, .returned: return (existing, false)
            }
            try putBack(
                existing, because: status == .returned ? .returned : .released, now: now, in: database)
            return (try move(existing, to: status, now: now, in: database), true)
        }
    }

    private func find(_ id: UUID, in database: Database) throws -> Reservation? {
        try Row.fetchOne(database, sql: "SELECT * FROM reservations WHERE id = ?", arguments: [id.text])
            .map(Reservation.init(row:))
    }

    /// The answer to a request whose id is known.
    private func accept(_ existing: Reservation, for request: ReservationRequest) throws(ReservationError)
        -> Reservation
    {
        // Without content it was given back first; nobody can say any more that it was something else.
        guard existing.content == nil || request.matches(existing) else { throw .reused }
        switch existing.status {
        case .held, .confirmed: return existing
        case .released, .expired, .returned: throw .over(existing.status)
        }
    }

    private func take(_ request: ReservationRequest, now: Timestamp, in database: Database) throws -> Product {
        let change = StockChange(
            product: request.productID, delta: -request.quantity, reason: .reserved, reference: request.id,
            actor: .service)
        if let taken = try change.make(now: now, in: database) { return taken.product }
        let name = try String.fetchOne(
            database, sql: "SELECT name FROM products WHERE id = ?", arguments: [request.productID.text])
        guard let name else { throw ReservationError.unknownProduct(request.productID) }
        throw ReservationError.insufficientStock(product: name, asked: request.quantity)
    }

    private func putBack(
        _ reservation: Reservation, because reason: StockMovement.Reason, now: Timestamp, in database: Database
    ) throws {
        guard let content = reservation.content else { return }
        let change = StockChange(
            product: reservation.productID, delta: content.quantity, reason: reason, reference: reservation.id,
            actor: .service)
        _ = try change.make(now: now, in: database)
    }

    private func move(
        _ reservation: Reservation, to status: Reservation.Status, now: Timestamp, in database: Database
    ) throws -> Reservation {
        try database.execute(
            sql: "UPDATE reservations SET status = ?, updated_at = ? WHERE id = ?",
            arguments: [status.rawValue, now, reservation.id.text])
        return Reservation(
            id: reservation.id, productID: reservation.productID, status: status, content: reservation.content)
    }

    private func insert(_ reservation: Reservation, now: Timestamp, in database: Database) throws {
        let content = reservation.content
        try database.execute(
            sql: """
                INSERT INTO reservations
                    (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at,
                     created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                reservation.id.text, reservation.productID.text, reservation.status.rawValue, content?.orderID.text,
                content?.quantity, content?.name, content?.unitPrice.amount, content?.unitPrice.currency.description,
                content?.expiresAt, now, now,
            ])
    }
}
