-- Facts on their way to Kafka. Written in the transaction that makes them true, deleted when the broker has them.
-- The columns are those Debezium's outbox event router reads.
create table outbox (
    seq           bigint generated always as identity (cache 1),  -- taken under the key's lock: the order of the key
    id            uuid not null,
    aggregatetype text not null,                                  -- the topic, without the installation's prefix
    aggregateid   uuid not null,                                  -- the key
    type          text not null,
    payload       bytea,                                          -- null: a tombstone for a compacted topic
    lane          smallint not null default 0,                    -- 0 live, 1 bulk
    shard         smallint not null generated always as ((uuid_hash_extended(aggregateid, 0) & 15)::smallint) stored,
    portal        text not null,
    traceparent   text not null,
    occurred_at   timestamptz not null default clock_timestamp(), -- when the key's lock is held: now() is older than the wait
    primary key (lane, seq)
) with (
    -- Every row is deleted soon: small and frequent cleaning keeps the scans short.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000
);

-- The earlier rows of a key, whatever their lane.
create index outbox_by_key on outbox (aggregateid, seq);
