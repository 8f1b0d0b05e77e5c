"""The desk is shown a person: what is known of the account, what opens it, and what was asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential
from services.auth.domain.standing import Asked, PasswordStanding, in_stretches, password_standing
from services.auth.sql import standing
from services.auth.sql.credentials import get_credential
from services.auth.sql.standing import Waiting
from shared import audit
from shared.ids import AccountId
from shared.portals import Portal

MOST_ASKED = 100  # requests looked at; what came again and again is one line
TOO_LONG = timedelta(minutes=1)  # for a fact to wait; what is published waits for milliseconds
MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class Person:
    account: Account
    credential: Credential
    password: PasswordStanding
    last_sign_in: datetime | None  # None: never
    asked: Sequence[Asked]
    neighbours: Sequence[AccountId]  # other accounts at the same address
    waiting_since: datetime | None  # of what others have not heard of it yet

    @property
    def until(self) -> datetime | None:
        """When a password that nobody has used opens nothing any more."""
        newest = self.credential.newest
        return (newest.use_until or newest.expires_at) if newest else None


async def show_person(deps: Deps, actor: audit.Actor, account: Account) -> Person:
    async with deps.db.transaction() as tx:
        credential = await get_credential(tx, account.id)
        neighbours = await standing.list_neighbours(tx, account.id)
        person = Person(
            account=account,
            credential=credential,
            password=password_standing(credential, tx.now),
            last_sign_in=await standing.find_last_sign_in(tx, account.id),
            asked=in_stretches(await standing.list_asked(tx, account.id, neighbours, MOST_ASKED)),
            neighbours=neighbours,
            waiting_since=await standing.find_waiting_since(tx, account.id),
        )
        await audit.insert_entry(tx, actor, "account_shown", account.portal, account_id=account.id)
    return person


async def show_waiting(deps: Deps, portals: Sequence[Portal]) -> Sequence[Waiting]:
    """Accounts of which the other services should have heard long ago, the oldest first."""
    names = [portal.name for portal in portals]
    return await standing.list_waiting(deps.db, names, longer_than=TOO_LONG, limit=MOST_WAITING)
