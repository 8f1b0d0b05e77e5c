-- Who is signed in. The browser holds the token, we hold its SHA-256.
create table sessions (
    token_hash   bytea primary key,
    account_id   uuid not null references accounts,
    browser_hash bytea not null,
    temporary    boolean not null,                                -- opened by a temporary password: only to choose another
    created_at   timestamptz not null default now(),
    seen_at      timestamptz not null default now()               -- to the minute
) with (fillfactor = 80);
create index sessions_by_account on sessions (account_id);
create index sessions_by_browser on sessions (browser_hash);
create index sessions_by_age on sessions (created_at);

-- Browsers that signed in before: a stranger's wrong passwords do not keep their owner out.
create table known_browsers (
    browser_hash bytea not null,
    account_id   uuid not null references accounts,
    seen_at      timestamptz not null default now(),
    primary key (browser_hash, account_id)
);
create index known_browsers_by_account on known_browsers (account_id);
create index known_browsers_by_age on known_browsers (seen_at);
