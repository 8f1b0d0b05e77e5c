-- What the desk looks at: contracts by the words of what they are called and where they lie, who gave out which key,
-- and the requests that still wait for theirs. To the parser of some locales « l’Église » would be one word.
create index contracts_by_words on contracts
    using gin (to_tsvector('simple', regexp_replace(label || ' ' || street || ' ' || postal_code || ' ' || city,
                                                    '[^[:alnum:]]+', ' ', 'g')));

alter table key_requests
    add column checked_by_name text not null default '',          -- what colleagues call them; empty for a program
    add column answered_at     timestamptz;                       -- when the first key was given for it; null: it waits

update key_requests r
   set answered_at = (select min(issued_at) from activation_keys k where k.request_id = r.id);

create index key_requests_by_portal on key_requests (portal, id);
create index key_requests_waiting on key_requests (portal, id) where answered_at is null;

alter table activation_keys
    add column issued_by      text not null default '',           -- who the audit says it was; empty: long ago
    add column issued_by_name text not null default '';
