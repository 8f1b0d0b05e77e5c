-- Portals whose mails wait until somebody lets them go: a template was wrong.
create table paused_portals (
    portal    text primary key,
    paused_at timestamptz not null default now()
);
