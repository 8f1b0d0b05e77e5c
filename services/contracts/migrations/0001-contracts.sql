-- What is known of accounts, fed from auth's facts; and which of its contracts each looks at, which is ours to say.
create table accounts (
    id                 uuid primary key,
    portal             text not null,
    version            bigint,                                    -- of the contact; null: none has arrived, or it was erased
    identifier         text,
    name               text,
    language           text,
    erased             boolean not null default false,
    sessions_ended_at  timestamptz,                               -- tokens issued before are refused
    active_contract_id uuid,                                      -- null: none; else one of its links
    active_version     bigint not null default 0,
    check (num_nulls(version, identifier, name, language) in (0, 4)),
    check (not erased or version is null)
) with (fillfactor = 80);
create index accounts_by_identifier on accounts (portal, identifier) where identifier is not null;

create table contracts (
    id            uuid primary key,
    portal        text not null,
    number        text collate "C" not null,                      -- the operator's name for it; by bytes, to find beginnings
    label         text not null,
    street        text not null,
    postal_code   text not null,
    city          text not null,
    named_holder  text,                                           -- identifier of the account the operator's file named last
    wanted_holder text,                                           -- the same, until that account has the contract
    registered_at timestamptz not null default now(),
    unique (portal, number)
);
create index contracts_wanted on contracts (portal, wanted_holder) where wanted_holder is not null;

-- That identity and address were checked, and by whom (S0.8); the documents themselves are kept nowhere.
create table key_requests (
    id           uuid primary key,
    contract_id  uuid not null references contracts,
    portal       text not null,
    checked_by   text not null,                                   -- who the audit says it was
    requested_at timestamptz not null default now()
);
create index key_requests_by_contract on key_requests (contract_id);

-- A key is held by people; we hold its SHA-256.
create table activation_keys (
    id          uuid primary key,
    contract_id uuid not null references contracts,
    portal      text not null,
    digest      bytea not null unique,
    request_id  uuid references key_requests,
    issued_at   timestamptz not null,
    expires_at  timestamptz not null,
    redeemed_at timestamptz,
    redeemed_by uuid references accounts,
    revoked_at  timestamptz,
    check ((redeemed_at is null) = (redeemed_by is null)),
    check (redeemed_at is null or revoked_at is null)
) with (fillfactor = 80);
create unique index activation_keys_one_live on activation_keys (contract_id) where redeemed_at is null and revoked_at is null;
create index activation_keys_by_request on activation_keys (request_id) where request_id is not null;

-- Who has which contract. seq is taken under the account's lock: the order in which its links were committed.
create table links (
    account_id  uuid not null references accounts,
    contract_id uuid not null references contracts,
    seq         bigint not null generated always as identity (cache 1),
    linked_at   timestamptz not null,
    by          text not null check (by in ('key', 'operator', 'import')),
    primary key (account_id, contract_id)
);
create index links_by_contract on links (contract_id);
