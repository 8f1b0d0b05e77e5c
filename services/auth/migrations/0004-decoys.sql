-- Where the portal does not tell known names from unknown ones, an unknown one writes here what a known one writes to
-- the outbox and to its credentials, so that both take the same time. Swept, never read.
create table decoy_events (like outbox including all);
create table decoy_credentials (like credentials including all);
