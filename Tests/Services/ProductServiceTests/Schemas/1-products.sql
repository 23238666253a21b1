-- product-service as it was after migration "1 products": frozen, never edited.
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
);
INSERT INTO grdb_migrations (identifier)
    VALUES ('1 products');
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 'Teapot', 'Brown.', 1999, 'EUR', 10, 1767225600001, 1767225600001);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 'Crème brûlée dish', 'Brown too.', 1250, 'EUR', 0, 1767225600002, 1767225600002);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 'Mug', 'Holds 0.3 l; it''s blue.', 500, 'EUR', 7, 1767225600003, 1767225600003);
CREATE INDEX products_by_creation ON products (created_at, id);
