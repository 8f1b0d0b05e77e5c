"""Somebody asks whether a mail left: what the desk sees of an account's mails."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifier.domain.accounts import Account
from services.notifier.domain.overview import Overview, Wanted
from services.notifier.domain.timelines import Timeline, answer, steps
from services.notifier.sql import accounts, overview
from shared import audit
from shared.audit import Actor
from shared.db import Database
from shared.ids import AccountId, DeliveryId

MOST = 100


@dataclass(frozen=True, slots=True)
class ShowTimeline:
    """`portals`: the account must be of one of them; None: of any. Mails older than `after` are next in one that goes
    on. `known`: the version that whoever asks has before them."""

    actor: Actor
    account_id: AccountId
    portals: Sequence[str] | None
    after: DeliveryId | None = None
    limit: int = 50
    known: str | None = None


async def show_timeline(db: Database, command: ShowTimeline) -> Timeline:
    """One that is known already is not shown again, so nobody writes that down. Raises AccountNotFound."""
    account = await accounts.get_account(db, command.account_id, command.portals)
    timeline = await _look(db, account, command)
    if timeline.version != command.known:
        await audit.insert_entry(db, command.actor, "timeline_shown", account.portal, account_id=account.id)
    return timeline


async def _look(db: Database, account: Account, command: ShowTimeline) -> Timeline:
    wanted = Wanted(account=account.id, after=command.after, limit=command.limit + 1)
    more = await overview.list_with_tries(db, wanted)
    found = more[: command.limit]
    newest = found if command.after is None else await overview.list_with_tries(db, Wanted(account=account.id, limit=2))
    return Timeline(
        account,
        answer(max(newest, key=_order, default=None), account),
        steps(found),
        after=found[-1].id if len(more) > len(found) else None,
    )


def _order(delivery: Overview) -> tuple[object, ...]:
    """As mails of an account leave."""
    return delivery.occurred_at, delivery.caused_by
