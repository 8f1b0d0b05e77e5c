-- The operator's customer file: one row for each person who may sign in.
create table accounts (
    id                uuid primary key,
    portal            text not null,
    identifier        text not null,
    title             text not null,
    name              text not null,
    email             text not null,                              -- as given, for sending; '' where there is none
    email_folded      text not null,                              -- as compared: domain/names.py folded
    language          text not null,
    contact_person    boolean not null default false,
    services          text[] not null default '{}',
    mailbox_shared    boolean not null default false,
    contact_version   bigint not null,
    opened_at         timestamptz not null default now(),
    closed_at         timestamptz,
    sessions_ended_at timestamptz not null default '-infinity',   -- tokens issued before are refused
    unique (portal, identifier)
);
create index accounts_by_email on accounts (portal, email_folded) where email_folded <> '';
create index accounts_by_name on accounts using gin (to_tsvector('simple', name));

-- The password of the newest generation. Apart from the account, for it changes on its own and is nobody else's to read.
create table credentials (
    account_id    uuid primary key references accounts,
    generation    bigint not null,
    password_hash text,                                           -- Argon2id, PHC string format
    expires_at    timestamptz,
    used_at       timestamptz,
    former_hash   text,                                           -- still valid, until the newer one is used
    temporary     boolean not null default false
) with (fillfactor = 80);

-- An identifier never changes and is never used twice (S1.9): the service may neither alter nor free one.
do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('revoke update, delete on accounts from %I', runtime);
        execute format('grant update (title, name, email, email_folded, language, contact_person, services, mailbox_shared,
                        contact_version, closed_at, sessions_ended_at) on accounts to %I', runtime);
    end if;
end
$$;
