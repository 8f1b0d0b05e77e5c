-- A mail may go to an address that no account has yet: it brings it, sealed, and says in which language.
alter table deliveries
    alter column contact_version drop not null,
    add column language text,
    add check (num_nulls(contact_version, language) = 1);
