import GRDB
import ServiceKit

/// The database's history. Migrations are only ever added at the end.
enum ProductSchema {
    static func migrations(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("1 products") { database in
            try database.execute(
                sql: """
                    CREATE TABLE products (
                        id TEXT PRIMARY KEY NOT NULL,
                        name TEXT NOT NULL,
                        description TEXT NOT NULL,
                        price_amount BIGINT NOT NULL CHECK (price_amount >= 0),
                        price_currency TEXT NOT NULL,
                        stock BIGINT NOT NULL CHECK (stock >= 0),
                        created_at BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL
                    );
                    CREATE INDEX products_by_creation ON products (created_at, id);
                    """)
        }
        // A reservation given back before it was made has nothing but its names: no quantity, no order, no price.
        migrator.registerMigration("2 reservations") { database in
            try database.execute(
                sql: """
                    CREATE TABLE reservations (
                        id TEXT PRIMARY KEY NOT NULL,
                        product_id TEXT NOT NULL,
                        status TEXT NOT NULL,
                        order_id TEXT,
                        quantity BIGINT CHECK (quantity > 0),
                        name TEXT,
                        price_amount BIGINT,
                        price_currency TEXT,
                        expires_at BIGINT,
                        created_at BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL
                    );
                    CREATE INDEX reservations_held ON reservations (expires_at) WHERE status = 'held';
                    """)
        }
        migrator.registerMigration("3 versions", migrate: addVersions)
        migrator.registerMigration("4 stock movements", migrate: addMovements)
        migrator.registerMigration("5 keyed requests", migrate: KeyedRequest.createTable)
        migrator.registerMigration("6 search", migrate: addSearch)
        migrator.registerMigration("7 beginnings of words", migrate: indexBeginnings)
    }
}
