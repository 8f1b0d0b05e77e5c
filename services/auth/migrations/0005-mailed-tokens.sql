-- Accounts that people ask for themselves: each exists once somebody brings the token mailed to the address, of which
-- we hold the SHA-256. Where the address has an account already, the row is written all the same, and its token told to
-- nobody: so that what is done for both is the same.
create table registrations (
    token_hash   bytea primary key,
    account_id   uuid not null,                                   -- the one the account will have
    portal       text not null,
    name         text not null,                                   -- '' once it has expired, as the address is
    email        text not null,
    email_folded text not null,
    language     text not null,
    expires_at   timestamptz not null,
    ended_at     timestamptz                                      -- used, or another one for the same address was
);
create index registrations_by_email on registrations (portal, email_folded);
create index registrations_by_expiry on registrations (expires_at);

-- Links to choose a new password. No foreign key: to check it would take longer than to write a decoy.
create table resets (
    token_hash   bytea primary key,
    account_id   uuid not null,
    email_folded text not null,                                   -- where the account was reached when it was asked for
    expires_at   timestamptz not null,
    ended_at     timestamptz                                      -- used, or another one of the account was
);
create index resets_by_account on resets (account_id);
create index resets_by_expiry on resets (expires_at);
create table decoy_resets (like resets including all);
