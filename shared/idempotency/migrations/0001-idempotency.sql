-- Answers by Idempotency-Key, kept for a day.
create table idempotency_answers (
    digest      bytea primary key,
    fingerprint bytea not null,
    owner       uuid not null,                                    -- the request that does the work
    status      smallint,                                         -- null: still being worked on
    body        bytea,                                            -- null: held a secret, or not answered yet
    claimed_at  timestamptz not null default now()
);
create index idempotency_answers_by_age on idempotency_answers (claimed_at);
