-- user-service as it was after migration "1 accounts": frozen, never edited.
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
);
INSERT INTO grdb_migrations (identifier)
    VALUES ('1 accounts');
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000001', 'Ann', 'ann', 'Ann@example.org', 'ann@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'user', 'Ann', 'Smith', 'Ann''s the first.', NULL, 1767225600001, 1767225600001);
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000002', 'Ötzi', 'ötzi', 'oetzi@example.org', 'oetzi@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'user', '', '', '', NULL, 1767225600002, 1767225600002);
INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, roles, first_name, last_name, bio, operator_fingerprint, created_at, updated_at)
    VALUES ('7f9d6a5e-0000-4000-8000-000000000003', 'boss', 'boss', 'boss@example.org', 'boss@example.org', '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS', 'operator user', '', '', '', NULL, 1767225600003, 1767225600003);
CREATE INDEX accounts_by_creation ON accounts (created_at, id);
