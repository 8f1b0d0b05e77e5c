"""`guichet timeline`: did this person's mail leave?"""

from typing import Annotated
from uuid import UUID

from cyclopts import App, Parameter

from deploy.cli.databases import with_database
from deploy.cli.tables import cell, moment
from services.notifier.domain.timelines import Answer, Item, Timeline
from services.notifier.handlers.show_timeline import ShowTimeline, show_timeline
from services.notifier.sql.accounts import get_by_identifier
from shared.audit import operator
from shared.db import Database
from shared.ids import AccountId, PortalName

app = App(name="timeline", help_epilogue="Example: `guichet timeline egec 9999999999`")


@app.default
def timeline(
    portal: str, account: str, *, as_json: Annotated[bool, Parameter(name="--json", negative=())] = False
) -> None:
    """Say whether the newest mail to somebody left, and what became of all of them, the newest last.

    Parameters
    ----------
    portal
        The portal's name.
    account
        The account's id, or its identifier.
    as_json
        One JSON object.
    """
    found = with_database("notifier", lambda db: _look(db, PortalName(portal), account))
    if as_json:
        from services.notifier.http.timelines import TimelineShown

        print(TimelineShown.of(found).model_dump_json())
        return
    print(_answered(found.answer))
    for item in found.items:
        print(f"{moment(item.at)}  {cell(_said(item))}")


async def _look(db: Database, portal: PortalName, account: str) -> Timeline:
    """Raises AccountNotFound."""
    account_id = _id(account) or (await get_by_identifier(db, portal, account)).id
    return await show_timeline(db, ShowTimeline(operator("guichet timeline"), account_id, [portal]))


def _id(account: str) -> AccountId | None:
    try:
        return AccountId(UUID(account))
    except ValueError:
        return None


def _answered(answer: Answer) -> str:
    about = " ".join(part for part in (answer.mail, answer.why, moment(answer.at)) if part)
    until = f", next try {moment(answer.next_at)}" if answer.next_at else ""
    return f"{answer.left}: {about}{until}"


def _said(item: Item) -> str:
    tried = item.tried
    number = f" at try {item.number}" if item.number else ""
    reply = " ".join(str(part) for part in (tried.code, tried.words or tried.enhanced) if part) if tried else ""
    return ": ".join(part for part in (f"{item.mail} {item.step}{number}", reply, tried and tried.why) if part)
