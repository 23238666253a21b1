-- order-service as it was after migration "2 idempotency keys": frozen, never edited.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
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
INSERT INTO grdb_migrations (identifier)
    VALUES ('1 orders');
INSERT INTO grdb_migrations (identifier)
    VALUES ('2 idempotency keys');
INSERT INTO orders (id, user_id, status, rejection, rejection_detail, created_at, updated_at, phase, version, traceparent, request_id, lease_owner, leased_until)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', '7f9d6a5e-0000-4000-8000-000000000900', 'confirmed', NULL, NULL, 1767225600001, 1767225600051, 'finished', 7, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'request-1', 'order-service.1', 1767225630050);
INSERT INTO orders (id, user_id, status, rejection, rejection_detail, created_at, updated_at, phase, version, traceparent, request_id, lease_owner, leased_until)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', '7f9d6a5e-0000-4000-8000-000000000900', 'rejected', 'insufficient-stock', 'There are not enough pieces.', 1767225600002, 1767225600052, 'finished', 7, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'request-2', 'order-service.1', 1767225630050);
INSERT INTO orders (id, user_id, status, rejection, rejection_detail, created_at, updated_at, phase, version, traceparent, request_id, lease_owner, leased_until)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', '7f9d6a5e-0000-4000-8000-000000000900', 'cancelled', NULL, NULL, 1767225600003, 1767225600053, 'finished', 7, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'request-3', 'order-service.1', 1767225630050);
INSERT INTO orders (id, user_id, status, rejection, rejection_detail, created_at, updated_at, phase, version, traceparent, request_id, lease_owner, leased_until)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', '7f9d6a5e-0000-4000-8000-000000000900', 'pending', NULL, NULL, 1767225600004, 1767225600054, 'advancing', 7, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'request-4', 'order-service.1', 1767225630050);
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 0, '7f9d6a5e-0000-4000-8000-000000000010', 1, 'Teapot', 1999, 'EUR');
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 1, '7f9d6a5e-0000-4000-8000-000000000011', 2, 'Mug', 500, 'EUR');
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 0, '7f9d6a5e-0000-4000-8000-000000000010', 1, 'Teapot', 1999, 'EUR');
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 1, '7f9d6a5e-0000-4000-8000-000000000011', 2, NULL, NULL, NULL);
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 0, '7f9d6a5e-0000-4000-8000-000000000010', 1, 'Teapot', 1999, 'EUR');
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 1, '7f9d6a5e-0000-4000-8000-000000000011', 2, 'Mug', 500, 'EUR');
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 0, '7f9d6a5e-0000-4000-8000-000000000010', 1, NULL, NULL, NULL);
INSERT INTO order_lines (order_id, position, product_id, quantity, name, price_amount, price_currency)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 1, '7f9d6a5e-0000-4000-8000-000000000011', 2, NULL, NULL, NULL);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 0, 'check-buyer', NULL, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 1, 'reserve', 0, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 2, 'reserve', 1, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 3, 'confirm', 0, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 4, 'confirm', 1, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 0, 'check-buyer', NULL, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 1, 'reserve', 0, 'undone', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 2, 'reserve', 1, 'failed', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 3, 'confirm', 0, 'pending', 0);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 4, 'confirm', 1, 'pending', 0);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 0, 'check-buyer', NULL, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 1, 'reserve', 0, 'undone', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 2, 'reserve', 1, 'undone', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 3, 'confirm', 0, 'undone', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 4, 'confirm', 1, 'undone', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 0, 'check-buyer', NULL, 'done', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 1, 'reserve', 0, 'pending', 1);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 2, 'reserve', 1, 'pending', 0);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 3, 'confirm', 0, 'pending', 0);
INSERT INTO saga_steps (order_id, position, kind, line, state, attempts)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000004', 4, 'confirm', 1, 'pending', 0);
INSERT INTO idempotency_keys (user_id, key, payload, order_id, busy_until, status, body, created_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000900', 'k', 'payload', '7f9d6a5e-0000-4000-8000-000000000002', 1767225610000, 409, NULL, 1767225600002);
INSERT INTO idempotency_keys (user_id, key, payload, order_id, busy_until, status, body, created_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000900', 'l', 'payload', '7f9d6a5e-0000-4000-8000-000000000004', 1767225610000, NULL, NULL, 1767225600004);
CREATE INDEX orders_by_creation ON orders (created_at, id);
CREATE INDEX orders_of_users ON orders (user_id, created_at, id);
CREATE INDEX orders_unfinished ON orders (created_at) WHERE phase <> 'finished';
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_of_orders ON idempotency_keys (order_id);
