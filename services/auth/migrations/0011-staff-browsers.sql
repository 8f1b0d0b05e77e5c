-- Browsers from which somebody at the desk signed in before: strangers who try that name lock nobody out of them.
create table staff_browsers (
    browser_hash bytea not null,                                  -- SHA-256 of the token the browser keeps
    staff_id     uuid not null references staff,
    seen_at      timestamptz not null default now(),
    primary key (browser_hash, staff_id)
);
create index staff_browsers_by_age on staff_browsers (seen_at);
