-- Who did what, when and from where. Ids and codes, never names: an entry outlives the person it is about.
create table audit (
    seq         bigint generated always as identity primary key,
    at          timestamptz not null default now(),
    actor_kind  text not null check (actor_kind in ('customer', 'client', 'staff', 'operator', 'anonymous')),
    actor_id    text not null,
    action      text not null,
    portal      text not null,
    account_id  uuid,
    contract_id uuid,
    origin      text not null,                                    -- the client's address, or the command that was used
    details     jsonb not null default '{}'
);
create index audit_by_account on audit (account_id, seq);
create index audit_by_contract on audit (contract_id, seq) where contract_id is not null;
create index audit_by_time on audit using brin (at);

do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('revoke update, delete, truncate on audit from %I', runtime);
    end if;
end
$$;
