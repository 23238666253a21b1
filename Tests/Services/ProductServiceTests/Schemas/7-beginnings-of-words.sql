-- product-service as it was after migration "7 beginnings of words": frozen, never edited.
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
, version BIGINT NOT NULL DEFAULT 1, edited_version BIGINT NOT NULL DEFAULT 1, number INTEGER);
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
CREATE TABLE stock_movements (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    product_id TEXT NOT NULL,
    delta BIGINT NOT NULL CHECK (delta <> 0),
    reason TEXT NOT NULL,
    reference TEXT,
    actor TEXT NOT NULL,
    stock_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE keyed_requests (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;
INSERT INTO grdb_migrations (identifier)
    VALUES ('1 products');
INSERT INTO grdb_migrations (identifier)
    VALUES ('2 reservations');
INSERT INTO grdb_migrations (identifier)
    VALUES ('3 versions');
INSERT INTO grdb_migrations (identifier)
    VALUES ('4 stock movements');
INSERT INTO grdb_migrations (identifier)
    VALUES ('5 keyed requests');
INSERT INTO grdb_migrations (identifier)
    VALUES ('6 search');
INSERT INTO grdb_migrations (identifier)
    VALUES ('7 beginnings of words');
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version, number)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 'Teapot', 'Brown.', 1999, 'EUR', 9, 1767225600001, 1767225600300, 2, 1, 1);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version, number)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 'Crème brûlée dish', 'Brown too.', 1250, 'EUR', 0, 1767225600002, 1767225600002, 1, 1, 2);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version, number)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 'Big mug', 'Holds 0.3 l; it''s blue.', 500, 'EUR', 7, 1767225600003, 1767225600200, 2, 2, 3);
INSERT INTO products (id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version, number)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 'Tea cosy', 'Keeps teapots warm.', 899, 'EUR', 0, 1767225600500, 1767225600500, 1, 1, 4);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000011', '7f9d6a5e-0000-4000-8000-000000000001', 'held', '7f9d6a5e-0000-4000-8000-000000000111', 3, 'Teapot', 1999, 'EUR', 4102444800000, 1767225600100, 1767225600100);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000012', '7f9d6a5e-0000-4000-8000-000000000001', 'confirmed', '7f9d6a5e-0000-4000-8000-000000000112', 2, 'Teapot', 1999, 'EUR', 4102444800000, 1767225600100, 1767225600100);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000013', '7f9d6a5e-0000-4000-8000-000000000003', 'released', '7f9d6a5e-0000-4000-8000-000000000113', 1, 'Mug', 500, 'EUR', 4102444800000, 1767225600100, 1767225600101);
INSERT INTO reservations (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000014', '7f9d6a5e-0000-4000-8000-000000000001', 'released', NULL, NULL, NULL, NULL, NULL, NULL, 1767225600102, 1767225600102);
INSERT INTO stock_movements (number, id, product_id, delta, reason, reference, actor, stock_after, created_at)
    VALUES (1, '9b99d463-14d1-414c-917f-f0efb482e9c4', '7f9d6a5e-0000-4000-8000-000000000001', 5, 'opening', NULL, 'service', 5, 1767225600100);
INSERT INTO stock_movements (number, id, product_id, delta, reason, reference, actor, stock_after, created_at)
    VALUES (2, 'be99f2bc-4eab-41ba-a6e6-9aa0175e59b4', '7f9d6a5e-0000-4000-8000-000000000003', 7, 'opening', NULL, 'service', 7, 1767225600200);
INSERT INTO stock_movements (number, id, product_id, delta, reason, reference, actor, stock_after, created_at)
    VALUES (3, '7f9d6a5e-0000-4000-8000-000000000021', '7f9d6a5e-0000-4000-8000-000000000001', 4, 'received', NULL, '7f9d6a5e-0000-4000-8000-000000000900', 9, 1767225600300);
INSERT INTO keyed_requests (owner, key, fingerprint, resource, created_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000900', 'k', 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o', '7f9d6a5e-0000-4000-8000-000000000001', 1767225600400);
CREATE VIRTUAL TABLE product_words USING fts5 (
    name, description, content = 'products', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
INSERT INTO product_words (product_words) VALUES ('rebuild');
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
CREATE INDEX stock_movements_by_product ON stock_movements (product_id, number);
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
CREATE INDEX keyed_requests_by_age ON keyed_requests (created_at);
CREATE UNIQUE INDEX products_by_number ON products (number);
CREATE INDEX products_by_price ON products (price_amount, id);
CREATE INDEX products_by_name ON products (name COLLATE NOCASE, id);
CREATE TRIGGER product_words_insert AFTER INSERT ON products
BEGIN
    UPDATE products SET number = (SELECT COALESCE(MAX(number), 0) + 1 FROM products)
    WHERE id = NEW.id;
    INSERT INTO product_words (rowid, name, description)
        SELECT number, name, description FROM products WHERE id = NEW.id;
END;
CREATE TRIGGER product_words_update AFTER UPDATE OF name, description ON products
WHEN (NEW.name, NEW.description) <> (OLD.name, OLD.description)
BEGIN
    INSERT INTO product_words (product_words, rowid, name, description)
    VALUES ('delete', OLD.number, OLD.name, OLD.description);
    INSERT INTO product_words (rowid, name, description)
    VALUES (NEW.number, NEW.name, NEW.description);
END;
CREATE TRIGGER product_words_delete AFTER DELETE ON products
BEGIN
    INSERT INTO product_words (product_words, rowid, name, description)
    VALUES ('delete', OLD.number, OLD.name, OLD.description);
END;
