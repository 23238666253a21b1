-- user-service as it was after migration "6 keys without case": frozen, never edited.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
CREATE TABLE accounts (
    id TEXT PRIMARY KEY NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    bio TEXT NOT NULL DEFAULT '',
    operator_fingerprint TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
, version BIGINT NOT NULL DEFAULT 1);
CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY NOT NULL,
    family TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE TABLE revocations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    family TEXT NOT NULL UNIQUE,
    revoked_at BIGINT NOT NULL
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
    VALUES ('1 accounts');
INSERT INTO grdb_migrations (identifier)
    VALUES ('2 refresh tokens');
INSERT INTO grdb_migrations (identifier)
    VALUES ('3 account versions');
INSERT INTO grdb_migrations (identifier)
    VALUES ('4 revocations');
INSERT INTO grdb_migrations (identifier)
    VALUES ('5 keyed requests');
INSERT INTO grdb_migrations (identifier)
    VALUES ('6 keys without case');
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at, version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 'Ann', 'ann', 'Ann@example.org', 'ann@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'user', 'Ann', 'Smith', 'Ann''s the first.', NULL, 1767225600001, 1767225600001, 1);
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at, version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 'Ötzi', 'ötzi', 'oetzi@example.org', 'oetzi@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'user', '', '', 'Frozen.', NULL, 1767225600002, 1767225600200, 2);
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at, version)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 'boss', 'boss', 'boss@example.org', 'boss@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'operator user', '', '', '', NULL, 1767225600003, 1767225600003, 1);
INSERT INTO refresh_tokens (token_hash, family, account_id, expires_at, used_at, revoked_at)
    VALUES ('o2VsUMWbndF-e3U5kp7_sgFppj13sEU-FBYphLYRxfg', '7f9d6a5e-0000-4000-8000-000000000201', '7f9d6a5e-0000-4000-8000-000000000001', 4102444800000, NULL, NULL);
INSERT INTO refresh_tokens (token_hash, family, account_id, expires_at, used_at, revoked_at)
    VALUES ('Pl8MpFJOLCQbsI2Khf3a-V-k4rMvPxYzZ8YKH-Y-MCA', '7f9d6a5e-0000-4000-8000-000000000201', '7f9d6a5e-0000-4000-8000-000000000001', 4102444800000, 1767225600050, NULL);
INSERT INTO refresh_tokens (token_hash, family, account_id, expires_at, used_at, revoked_at)
    VALUES ('2OgO2JRdxRvpF-ETIhhLwf9UI63RtV76sRQqAQuGJY0', '7f9d6a5e-0000-4000-8000-000000000203', '7f9d6a5e-0000-4000-8000-000000000003', 4102444800000, NULL, 1767225600060);
INSERT INTO revocations (number, family, revoked_at)
    VALUES (1, '7f9d6a5e-0000-4000-8000-000000000203', 1767225600060);
INSERT INTO keyed_requests (owner, key, fingerprint, resource, created_at)
    VALUES ('registration', 'k', 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o', '7f9d6a5e-0000-4000-8000-000000000001', 1767225600400);
CREATE INDEX accounts_by_creation ON accounts (created_at, id);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_account ON refresh_tokens (account_id);
CREATE INDEX revocations_by_age ON revocations (revoked_at);
CREATE INDEX keyed_requests_by_age ON keyed_requests (created_at);
