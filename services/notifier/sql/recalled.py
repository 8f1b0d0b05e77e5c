"""After a restore: deliveries that are at their end, as the notifier told others since. Nobody else is at work."""

from collections.abc import Sequence

from services.notifier.domain.recalled import Ended
from shared.db import Transaction

# Of those that were asked for since: their facts come again, and find the row. What only those facts say nobody needs
# of a mail that has ended.
INSERT_ENDED = """
    insert into deliveries (id, account_id, portal, mail, caused_by, occurred_at, contact_version, deliver_until,
                            traceparent, state, tries, ended_at)
    select id, account_id, portal, mail, caused_by, asked_at, 0, ended_at, traceparent, state, tries, ended_at
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[], $7::text[], $8::text[],
                  $9::int[], $10::timestamptz[])
        as told (id, account_id, portal, mail, caused_by, asked_at, traceparent, state, tries, ended_at)
        on conflict (id) do nothing
"""

# A try that is known here already tells nothing new: an operator may have had the mail tried again after it.
END_WAITING = """
    update deliveries d
       set state = told.state, due_at = null, lease = null, tries = greatest(d.tries, told.tries),
           ended_at = told.ended_at, sealed = case when told.state in ('rejected', 'unknown') then d.sealed end
      from unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::timestamptz[])
        as told (id, state, tries, ended_by, ended_at)
     where d.id = told.id and (told.ended_by is null and d.due_at is not null or told.ended_by > d.tries)
"""


async def save_ended(tx: Transaction, told: Sequence[Ended]) -> None:
    """Their accounts are there; each delivery once."""
    events = [one.event for one in told]
    ids, states = [event.delivery_id for event in events], [one.state.value for one in told]
    tries, ends = [one.tries for one in told], [event.at for event in events]
    await tx.execute(
        INSERT_ENDED,
        ids,
        [event.account_id for event in events],
        [event.portal for event in events],
        [event.mail for event in events],
        [event.caused_by for event in events],
        [one.asked_at for one in told],
        [one.traceparent for one in told],
        states,
        tries,
        ends,
    )
    await tx.execute(END_WAITING, ids, states, tries, [one.ended_by for one in told], ends)
