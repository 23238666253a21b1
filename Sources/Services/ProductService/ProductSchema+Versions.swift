import GRDB

extension ProductSchema {
    /// `version` counts every change of what is shown of a product; `edited_version` is its value at the last change of
    /// name, description or price.
    ///
    /// An instance of the version before, which runs until this one is ready, changes rows and knows of no versions: what
    /// leaves the version as it was is counted by the trigger, so that an entity tag never means two things.
    static func addVersions(in database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE products ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
                ALTER TABLE products ADD COLUMN edited_version BIGINT NOT NULL DEFAULT 1;
                CREATE TRIGGER products_uncounted_change
                AFTER UPDATE OF name, description, price_amount, price_currency, stock ON products
                WHEN NEW.version = OLD.version
                BEGIN
                    UPDATE products SET
                        version = OLD.version + 1,
                        edited_version = CASE
                            WHEN (NEW.name, NEW.description, NEW.price_amount, NEW.price_currency)
                                = (OLD.name, OLD.description, OLD.price_amount, OLD.price_currency)
                            THEN edited_version ELSE OLD.version + 1 END
                    WHERE id = NEW.id;
                END;
                """)
    }
}
