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
