"""`guichet deliveries`: what became of each mail."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import App, Parameter, validators

from deploy.cli.databases import with_database
from deploy.cli.surroundings import setting
from deploy.cli.tables import cell, moment, print_table
from services.notifier.domain.deliveries import State
from services.notifier.domain.overview import Overview, Pause, Try, Wanted
from services.notifier.handlers.pause_portal import PausePortal, pause_portal
from services.notifier.handlers.retry_delivery import RetryDelivery, retry_delivery
from services.notifier.sql.overview import get_delivery, list_deliveries
from services.notifier.sql.pauses import list_pauses
from shared.audit import Actor, operator
from shared.db import Database
from shared.ids import AccountId, DeliveryId
from shared.portals import load_portals

app = App(name="deliveries", help_epilogue="Example: `guichet deliveries list --state deferred`")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
Limit = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=1000))]


@app.command(name="list", help_epilogue="Example: `guichet deliveries list --state deferred --json`")
def list_(
    *,
    state: State | None = None,
    portal: str | None = None,
    account: UUID | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Show deliveries, the newest first, each with its last try.

    Parameters
    ----------
    state
        Only those in this state.
    portal
        Only this portal's.
    account
        Only those to this account, by its id.
    after
        Go on behind this delivery.
    limit
        So many at most.
    as_json
        One JSON array.
    """
    wanted = Wanted(
        state=state and state.value,
        portals=[portal] if portal else None,
        account=AccountId(account) if account else None,
        after=DeliveryId(after) if after else None,
        limit=limit,
    )

    async def look(db: Database) -> tuple[list[Overview], list[Pause]]:
        return await list_deliveries(db, wanted), await list_pauses(db, wanted.portals)

    found, pauses = with_database("notifier", look)
    if as_json:
        print(json.dumps([_as_dict(delivery) for delivery in found]))
        return
    print_table(
        ("delivery", "portal", "customer", "mail", "state", "queued", "last try"),
        (
            (one.id, one.portal, one.identifier, one.mail, _state(one), moment(one.queued_at), _said(*one.tries[-1:]))
            for one in found
        ),
    )
    for pause in pauses:
        print(f"{pause.portal}: its mails are held back since {moment(pause.since)}")


@app.command(help_epilogue="Example: `guichet deliveries show 0192f0c1-…`")
def show(delivery: UUID, *, as_json: AsJson = False) -> None:
    """Show one delivery and every try to send it.

    Parameters
    ----------
    delivery
        Its id, as `guichet deliveries list` shows it.
    as_json
        One JSON object.
    """
    found = with_database("notifier", lambda db: get_delivery(db, DeliveryId(delivery)))
    if as_json:
        print(json.dumps(_as_dict(found)))
        return
    for name, value in _as_dict(found).items():
        if name != "tries" and value is not None:
            print(f"{name:14} {cell(value)}")
    for each in found.tries:
        print(f"{moment(each.tried_at)}  {cell(_said(each))}")


@app.command(help_epilogue="Example: `guichet deliveries retry 0192f0c1-…`")
def retry(delivery: UUID) -> None:
    """Try a mail again now, also one that was rejected or whose fate is unknown.

    Parameters
    ----------
    delivery
        Its id, as `guichet deliveries list` shows it.
    """
    with_database("notifier", lambda db: retry_delivery(db, RetryDelivery(_operator("retry"), DeliveryId(delivery))))
    print(f"{delivery}: to be tried again")


@app.command(help_epilogue="Example: `guichet deliveries pause egec`")
def pause(portal: str) -> None:
    """Hold a portal's mails back, within a second: a template was wrong. Deadlines run on meanwhile.

    Parameters
    ----------
    portal
        Whose mails.
    """
    _pause(portal, paused=True)
    print(f"{portal}: its mails are held back")


@app.command(help_epilogue="Example: `guichet deliveries resume egec`")
def resume(portal: str) -> None:
    """Let a portal's mails go again, in their order.

    Parameters
    ----------
    portal
        Whose mails.
    """
    _pause(portal, paused=False)
    print(f"{portal}: its mails leave")


def _pause(portal: str, *, paused: bool) -> None:
    found = load_portals(Path(setting("notifier", "GUICHET_PORTALS"))).by_name(portal)
    command = PausePortal(found, _operator("pause" if paused else "resume"), paused)
    with_database("notifier", lambda db: pause_portal(db, command))


def _state(one: Overview) -> str:
    return f"{one.state}, paused" if one.paused else one.state


def _said(one: Try | None = None) -> str:
    if one is None:
        return ""
    reply = " ".join(str(part) for part in (one.code, one.enhanced) if part is not None)
    return ": ".join(part for part in (f"{one.verdict} at {one.stage}", reply, one.words or one.why) if part)


def _as_dict(delivery: Overview) -> dict[str, object]:
    shown = asdict(delivery)
    shown["attempts"] = shown.pop("counted")
    tries = [{name: _plain(value) for name, value in each.items()} for each in shown.pop("tries")]
    return {name: _plain(value) for name, value in shown.items()} | {"tries": tries}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return str(value) if isinstance(value, UUID) else value


def _operator(command: str) -> Actor:
    return operator(f"guichet deliveries {command}")
