-- Who did what, when and from where. Ids and codes, never names: an entry outlives the person it is about.
create table audit (
    seq        bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    actor_kind text not null check (actor_kind in ('customer', 'client', 'staff', 'operator', 'anonymous')),
    actor_id   text not null,
    action     text not null,
    portal     text not null,
    account_id uuid,
    origin     text not null,                                     -- the client's address, or the command that was used
    details    jsonb not null default '{}'
);
create index audit_by_account on audit (account_id, seq);
create index audit_by_time on audit using brin (at);

do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('revoke update, delete, truncate on audit from %I', runtime);
    end if;
end
$$;

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
