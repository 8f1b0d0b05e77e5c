-- Which topic the offset is of: one that was deleted and made again has the same name. null: not known yet.
alter table inbox_offsets add column topic_id uuid;
