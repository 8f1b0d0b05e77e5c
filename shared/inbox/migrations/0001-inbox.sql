-- What was handled: one effect per event id. Kept longer than the topics keep the events.
create table inbox (
    consumer   text not null,
    event_id   uuid not null,
    handled_at timestamptz not null default now(),
    primary key (consumer, event_id)
);
create index inbox_by_time on inbox using brin (handled_at);

-- How far a consumer has come, written with the effects: the truth an assignment seeks back to.
create table inbox_offsets (
    consumer     text not null,
    topic        text not null,
    partition    integer not null,
    next_offset  bigint not null,
    caught_up_at timestamptz,               -- when the consumer last stood at the partition's end; null: not known yet
    primary key (consumer, topic, partition)
) with (fillfactor = 50);

-- Messages that wait, and the later ones of their keys behind them.
create table inbox_parked (
    seq           bigint generated always as identity primary key,
    consumer      text not null,
    event_id      uuid not null,
    topic         text not null,
    partition     integer not null,
    "offset"      bigint not null,
    key           bytea not null,
    header_names  bytea[] not null,         -- bytes: a stranger's may hold what text cannot
    header_values bytea[] not null,
    value         bytea,
    attempts      integer not null,
    reason        text,                     -- null: nothing is wrong with it, it waits behind another one
    parked_at     timestamptz not null default now(),
    retry_at      timestamptz not null,
    unique (consumer, event_id)
);
create index inbox_parked_by_key on inbox_parked (consumer, key, seq);
create index inbox_parked_by_time on inbox_parked (consumer, retry_at);

-- Messages set aside, as they came: a sealed payload stays sealed.
create table dead_letters (
    id            bigint generated always as identity primary key,
    consumer      text not null,
    topic         text not null,
    partition     integer not null,
    "offset"      bigint not null,
    key           bytea,
    header_names  bytea[] not null,
    header_values bytea[] not null,
    value         bytea,
    event_id      uuid,                     -- null: it could not even be read
    type          text,
    portal        text,
    reason        text not null,
    died_at       timestamptz not null default now(),
    state         text not null default 'waiting' check (state in ('waiting', 'replayed', 'discarded')),
    settled_at    timestamptz
);
create unique index dead_letters_of_event on dead_letters (consumer, event_id) where event_id is not null;
create unique index dead_letters_of_place on dead_letters (consumer, topic, partition, "offset") where event_id is null;
