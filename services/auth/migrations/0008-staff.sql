-- The operator's own people at the desk. Rows stay when somebody leaves: the audit names them by their ids.
create table staff (
    id              uuid primary key,
    login           text not null,
    login_folded    text not null unique,                         -- as compared: domain/names.py folded
    name            text not null,
    role            text not null check (role in ('agent', 'supervisor', 'auditor')),
    portals         text[] not null,                              -- names, or '*'
    password_hash   text not null,                                -- Argon2id, PHC string format
    seed            text,                                         -- of time-based codes, sealed; null: to be set up anew
    seed_step       bigint not null default 0,                    -- the last step whose code was used (RFC 6238, 5.2)
    created_at      timestamptz not null default now(),
    disabled_at     timestamptz,
    tokens_ended_at timestamptz not null default '-infinity'      -- tokens issued before are refused
);

-- Codes that stand in for a lost telephone once: the person's own, or one that a supervisor hands over.
create table staff_codes (
    code_hash  bytea primary key,
    staff_id   uuid not null references staff,
    kind       text not null check (kind in ('recovery', 'enrolment')),
    expires_at timestamptz                                        -- null: until used
);
create index staff_codes_by_staff on staff_codes (staff_id);

create table staff_sessions (
    token_hash bytea primary key,
    staff_id   uuid not null references staff,
    new_seed   text,                                              -- sealed: a second factor that is being set up
    enrolling  boolean not null,                                  -- opens nothing but setting up a second factor
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now()                 -- to the minute
) with (fillfactor = 80);
create index staff_sessions_by_staff on staff_sessions (staff_id);
create index staff_sessions_by_age on staff_sessions (created_at);
