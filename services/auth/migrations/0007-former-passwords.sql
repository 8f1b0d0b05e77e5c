-- A temporary password stays one when the next is asked for: it opens no more than before, and not for longer.
alter table credentials add column former_expires_at timestamptz;       -- of former_hash; null: lasts until replaced
alter table decoy_credentials add column former_expires_at timestamptz;
