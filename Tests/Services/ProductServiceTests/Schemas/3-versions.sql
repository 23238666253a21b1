-- product-service as it was after migration "3 versions": frozen, never edited.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
CREATE TABLE products (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    price_amount BIGINT NOT NULL CHECK (price_amount >= 0),
    price_currency TEXT NOT NULL,
    stock BIGINT NOT NULL CHECK (stock >= 0),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
, version BIGINT NOT NULL DEFAULT 1, edited_version BIGINT NOT NULL DEFAULT 1);
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
INSERT INTO grdb_migrations (identifier)
    VALUES ('1 products');
INSERT INTO grdb_migrations (identifier)
    VALUES ('2 reservations');
INSERT INTO grdb_migrations (identifier)
    VALUES ('3 versions');
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 'Teapot', 'Brown.', 1999, 'EUR', 5, 1767225600001, 1767225600100, 1, 1);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 'Crème brûlée dish', 'Brown too.', 1250, 'EUR', 0, 1767225600002, 1767225600002, 1, 1);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 'Big mug', 'Holds 0.3 l; it''s blue.', 500, 'EUR', 7, 1767225600003, 1767225600200, 2, 2);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000011', '7f9d6a5e-0000-4000-8000-000000000001', 'held', '7f9d6a5e-0000-4000-8000-000000000111', 3, 'Teapot', 1999, 'EUR', 4102444800000, 1767225600100, 1767225600100);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000012', '7f9d6a5e-0000-4000-8000-000000000001', 'confirmed', '7f9d6a5e-0000-4000-8000-000000000112', 2, 'Teapot', 1999, 'EUR', 4102444800000, 1767225600100, 1767225600100);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000013', '7f9d6a5e-0000-4000-8000-000000000003', 'released', '7f9d6a5e-0000-4000-8000-000000000113', 1, 'Mug', 500, 'EUR', 4102444800000, 1767225600100, 1767225600101);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000014', '7f9d6a5e-0000-4000-8000-000000000001', 'released', NULL, NULL, NULL, NULL, NULL, NULL, 1767225600102, 1767225600102);
CREATE INDEX products_by_creation ON products (created_at, id);
CREATE INDEX reservations_held ON reservations (expires_at) WHERE status = 'held';
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
