-- The runtime role (guichet_<service>) works on what the owner (guichet_<service>_owner) makes, now and later.
do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('grant usage on schema public to %I', runtime);
        execute format('alter default privileges grant select, insert, update, delete on tables to %I', runtime);
        execute format('alter default privileges grant usage, select on sequences to %I', runtime);
    end if;
end
$$;
