-- Each of these indexes serves one question only. With one condition in common the planner took any of them for any
-- question: after an analysis in which no mail waited it believed that none does, and read all that waited anew for
-- each mail of a backlog.
drop index deliveries_past_deadline;
drop index deliveries_waiting;
create index deliveries_past_deadline on deliveries (deliver_until) where due_at is not null and ended_at is null;
create index deliveries_waiting on deliveries (account_id) where ended_at is null;
