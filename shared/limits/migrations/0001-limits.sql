-- What was tried lately, by a digest of what the limit counts. Lost in a crash, which costs an attacker's memory too.
create unlogged table limits (
    digest  bytea primary key,
    hits    timestamptz[] not null,                               -- in order; at most as many as the limit allows
    ends_at timestamptz not null                                  -- when the last one no longer counts
) with (fillfactor = 50);
create index limits_by_end on limits (ends_at);
