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
