-- What is known of an account, fed from auth's facts. Its row's lock is held by whoever writes its deliveries.
create table accounts (
    id           uuid primary key,
    portal       text not null,
    generation   bigint not null default 0,     -- of the newest credential heard of
    closed       boolean not null default false,
    closed_as_of timestamptz,
    erased       boolean not null default false,
    version      bigint,                        -- of the contact; null: none has arrived, or it was erased
    identifier   text,
    address      text,
    title        text,
    name         text,
    language     text,
    shared       boolean,
    check (num_nulls(version, identifier, address, title, name, language, shared) in (0, 7)),
    check (not erased or version is null)
);

-- One row a mail. due_at: when somebody has to look at it next; null: never again.
create table deliveries (
    id              uuid primary key,           -- made from the event's id: a replay finds the row
    account_id      uuid not null references accounts,
    portal          text not null,
    mail            text not null,
    caused_by       uuid not null,
    occurred_at     timestamptz not null,
    generation      bigint,
    contact_version bigint not null,
    deliver_until   timestamptz not null,
    sealed          text,                       -- kept while the mail might still be sent, at most until its deadline
    traceparent     text not null,
    state           text not null check (state in ('queued', 'sending', 'deferred', 'unknown', 'sent', 'rejected',
                        'expired', 'superseded', 'withheld', 'cancelled', 'bounced')),
    due_at          timestamptz,
    tries           integer not null default 0,
    unknowns        integer not null default 0,
    lease           uuid,                       -- of the process that is sending it, until due_at
    queued_at       timestamptz not null default now(),
    ended_at        timestamptz,
    check ((state = 'sending') = (lease is not null)),
    check (due_at is not null or state not in ('queued', 'sending', 'deferred')),
    check (due_at is null or state in ('queued', 'sending', 'deferred', 'unknown'))
) with (fillfactor = 80);

create unique index deliveries_one_sending on deliveries (account_id) where state = 'sending';
create index deliveries_due on deliveries (due_at) where due_at is not null;
create index deliveries_past_deadline on deliveries (deliver_until) where due_at is not null;
create index deliveries_waiting on deliveries (account_id) where due_at is not null;
create index deliveries_secrets_at_rest on deliveries (deliver_until) where sealed is not null and due_at is null;
create index deliveries_ended on deliveries (ended_at) where ended_at is not null;
create index deliveries_of_account on deliveries (account_id, id);

-- One row a try. Words: the server's, from before it saw the content; it might quote that.
create table attempts (
    id          bigint generated always as identity primary key,
    delivery_id uuid not null references deliveries on delete cascade,
    ended_at    timestamptz not null default now(),
    seconds     real not null,
    verdict     text not null,
    stage       text not null,
    code        smallint,
    enhanced    text,
    words       text,
    why         text
);
create index attempts_of_delivery on attempts (delivery_id, id);
