-- Closed accounts (B11): nothing is linked to them at the desk. As of the last closing or reopening that was heard of.
alter table accounts
    add column closed       boolean not null default false,
    add column closed_as_of timestamptz;
