-- Under one lease a mail is tried once. A commit whose answer was lost is made again, and must not show a second try.
-- Tries from before have no lease.
alter table attempts add column lease uuid;
create unique index attempts_of_lease on attempts (delivery_id, lease);
