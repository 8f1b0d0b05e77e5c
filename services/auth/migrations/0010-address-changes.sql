-- Addresses that people gave as theirs (B12): each becomes so once somebody brings the token mailed there, of which we
-- hold the SHA-256.
create table address_changes (
    token_hash    bytea primary key,
    account_id    uuid not null references accounts,
    email         text not null,                                  -- as given; '' once it has ended or expired
    former_folded text not null,                                  -- the account's when it was asked for, as compared
    asked_with    bytea not null,                                 -- SHA-256 of the hash of the password that was shown
    expires_at    timestamptz not null,
    ended_at      timestamptz                                     -- used, or another one of the account was asked for
);
create index address_changes_by_account on address_changes (account_id);
create index address_changes_by_expiry on address_changes (expires_at);
