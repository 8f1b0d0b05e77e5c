-- The contract each account looks at, as contracts tells it (guichet.active_contracts); known before the account, perhaps.
create table active_contracts (
    account_id  uuid primary key,
    contract_id uuid,                                             -- null: none; the version is kept all the same
    label       text not null,
    version     bigint not null
) with (fillfactor = 80);
