import GRDB

extension ProductSchema {
    /// The audit trail of the stock: for each product the deltas add up to its stock. What there was before the trail
    /// began opens it.
    ///
    /// An instance of the version before, which runs until this one is ready, writes no movements; the triggers write
    /// them for it. Ours are known by the version they count, and new products by their stock of 0.
    static func addMovements(in database: Database) throws {
        let uuid = """
            lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
                || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
            """
        try database.execute(
            sql: """
                CREATE TABLE stock_movements (
                    number INTEGER PRIMARY KEY NOT NULL,
                    id TEXT NOT NULL UNIQUE DEFAULT (\(uuid)),
                    product_id TEXT NOT NULL,
                    delta BIGINT NOT NULL CHECK (delta <> 0),
                    reason TEXT NOT NULL,
                    reference TEXT,
                    actor TEXT NOT NULL,
                    stock_after BIGINT NOT NULL,
                    created_at BIGINT NOT NULL
                );
                CREATE INDEX stock_movements_by_product ON stock_movements (product_id, number);
                INSERT INTO stock_movements (product_id, delta, reason, actor, stock_after, created_at)
                    SELECT id, stock, 'opening', 'service', stock, updated_at
                    FROM products WHERE stock > 0 ORDER BY created_at, id;
                CREATE TRIGGER products_unrecorded_stock AFTER INSERT ON products WHEN NEW.stock > 0
                BEGIN
                    INSERT INTO stock_movements (product_id, delta, reason, actor, stock_after, created_at)
                    VALUES (NEW.id, NEW.stock, 'created', 'service', NEW.stock, NEW.created_at);
                END;
                CREATE TRIGGER products_unrecorded_movement AFTER UPDATE OF stock ON products
                WHEN NEW.version = OLD.version AND NEW.stock <> OLD.stock
                BEGIN
                    INSERT INTO stock_movements (product_id, delta, reason, actor, stock_after, created_at)
                    VALUES (NEW.id, NEW.stock - OLD.stock, 'unrecorded', 'service', NEW.stock, NEW.updated_at);
                END;
                """)
    }
}
