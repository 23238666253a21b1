import GRDB

/// The database's history. Migrations are only ever added at the end.
enum OrderSchema {
    static func migrations(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("1 orders") { database in
            try database.execute(
                sql: """
                    CREATE TABLE orders (
                        id TEXT PRIMARY KEY NOT NULL,
                        user_id TEXT NOT NULL,
                        status TEXT NOT NULL,
                        rejection TEXT,
                        rejection_detail TEXT,
                        created_at BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL,
                        phase TEXT NOT NULL,
                        version BIGINT NOT NULL,
                        traceparent TEXT NOT NULL,
                        request_id TEXT NOT NULL,
                        lease_owner TEXT NOT NULL,
                        leased_until BIGINT NOT NULL
                    );
                    CREATE INDEX orders_by_creation ON orders (created_at, id);
                    CREATE INDEX orders_of_users ON orders (user_id, created_at, id);
                    CREATE INDEX orders_unfinished ON orders (created_at) WHERE phase <> 'finished';

                    CREATE TABLE order_lines (
                        order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
                        position BIGINT NOT NULL,
                        product_id TEXT NOT NULL,
                        quantity BIGINT NOT NULL CHECK (quantity > 0),
                        name TEXT,
                        price_amount BIGINT,
                        price_currency TEXT,
                        PRIMARY KEY (order_id, position)
                    ) WITHOUT ROWID;

                    CREATE TABLE saga_steps (
                        order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
                        position BIGINT NOT NULL,
                        kind TEXT NOT NULL,
                        line BIGINT,
                        state TEXT NOT NULL,
                        attempts BIGINT NOT NULL,
                        PRIMARY KEY (order_id, position)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2 idempotency keys") { database in
            try database.execute(
                sql: """
                    CREATE TABLE idempotency_keys (
                        user_id TEXT NOT NULL,
                        key TEXT NOT NULL,
                        payload TEXT NOT NULL,
                        order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
                        busy_until BIGINT NOT NULL,
                        status BIGINT,
                        body TEXT,
                        created_at BIGINT NOT NULL,
                        PRIMARY KEY (user_id, key)
                    ) WITHOUT ROWID;
                    CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
                    CREATE INDEX idempotency_keys_of_orders ON idempotency_keys (order_id);
                    """)
        }
    }
}
