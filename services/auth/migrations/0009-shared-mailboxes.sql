-- That several people read a mailbox is said of its address (B2), whether an account has it or will have it some day.
-- What stands in accounts.mailbox_shared is a copy, written under the accounts' locks. The desk's word and the customer
-- file's are kept apart: the next night's file takes back only what a file has said.
create table shared_mailboxes (
    portal       text not null,
    email_folded text not null,                                   -- as compared: domain/names.py folded
    by_desk      boolean not null,
    by_file      boolean not null,
    primary key (portal, email_folded),
    check (by_desk or by_file)
);
insert into shared_mailboxes (portal, email_folded, by_desk, by_file)
select distinct portal, email_folded, true, false from accounts where mailbox_shared and email_folded <> '';

-- A closing is told with a time later than the opening before it, though the clock was set back meanwhile.
alter table accounts add column reopened_at timestamptz;

do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('grant update (reopened_at) on accounts to %I', runtime);
    end if;
end
$$;
