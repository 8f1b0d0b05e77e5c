-- Machines that act for the operator (OAuth 2.0 client credentials).
create table oauth_clients (
    id          text primary key,
    name        text not null,
    secret_hash bytea not null,                                   -- SHA-256 of 256 random bits
    scopes      text[] not null,
    portals     text[] not null,                                  -- names, or '*'
    created_at  timestamptz not null default now(),
    revoked_at  timestamptz
);

-- The import each portal began last, so that a broken one goes on where it stopped. One only: what an earlier file wrote
-- may have been written over since.
create table imports (
    portal      text primary key,
    fingerprint bytea not null,                                   -- SHA-256 of the file
    rows_done   bigint not null default 0,
    created     bigint not null default 0,
    changed     bigint not null default 0,
    unchanged   bigint not null default 0,
    begun_at    timestamptz not null default now()
);
