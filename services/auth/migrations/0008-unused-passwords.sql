-- A generated password that nobody has used yet ends where its mail must not be read any more: so it is known of each
-- password whether it was generated, and whether it was used. One that was said on the telephone is to be used soon.
alter table credentials
    add column generated        boolean not null default false,
    add column use_until        timestamptz,
    add column former_generated boolean not null default false,
    add column former_temporary boolean not null default false,
    add column former_use_until timestamptz,
    add column former_used_at   timestamptz;
alter table decoy_credentials
    add column generated        boolean not null default false,
    add column use_until        timestamptz,
    add column former_generated boolean not null default false,
    add column former_temporary boolean not null default false,
    add column former_use_until timestamptz,
    add column former_used_at   timestamptz;

-- Until now only temporary ones were told from those that people chose; of the others the audit knows.
update credentials c
   set generated = c.password_hash is not null and not exists (
           select from audit a
            where a.account_id = c.account_id
              and (a.action in ('password_changed', 'password_reset')
                   or a.action = 'account_opened' and a.actor_kind = 'customer'))
 where not c.temporary;
update credentials set generated = true where temporary;
update credentials set former_generated = true, former_temporary = true where former_expires_at is not null;
