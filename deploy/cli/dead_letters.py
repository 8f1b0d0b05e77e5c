"""`guichet dead-letters`: messages a service could not handle, and what to do with each."""

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from cyclopts import App, Parameter

from deploy.cli.databases import with_database
from deploy.cli.run import ServiceName
from deploy.cli.tables import cell, moment, print_table
from shared.audit import operator
from shared.db import Database
from shared.inbox.dead_letters import DeadLetter, get_dead_letter, list_dead_letters
from shared.inbox.settle import How, Settle, settle

app = App(name="dead-letters", help_epilogue="Example: `guichet dead-letters list notifier`")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
PAGE = 500


@app.command(name="list", help_epilogue="Example: `guichet dead-letters list notifier --json`")
def list_(
    service: ServiceName,
    *,
    state: Literal["waiting", "replayed", "discarded", "all"] = "waiting",
    after: int = 0,
    as_json: AsJson = False,
) -> None:
    """Show what was set aside, the oldest first, at most 500.

    Parameters
    ----------
    service
        Whose.
    state
        Those that wait for a decision, or those it was made for.
    after
        Go on after this id.
    as_json
        One JSON array.
    """
    wanted = None if state == "all" else state
    letters = with_database(service, lambda db: list_dead_letters(db, wanted, after=after, limit=PAGE))
    if as_json:
        print(json.dumps([_summary(letter) for letter in letters]))
        return
    print_table(
        ("id", "died", "state", "type", "portal", "reason"),
        ((one.id, moment(one.died_at), one.state, one.type or "?", one.portal or "?", one.reason) for one in letters),
    )


@app.command(help_epilogue="Example: `guichet dead-letters show notifier 17`")
def show(service: ServiceName, id_: Annotated[int, Parameter(name="id")], *, as_json: AsJson = False) -> None:
    """Show one as it came. What is sealed in it stays sealed.

    Parameters
    ----------
    service
        Whose.
    id_
        Its id, as `list` shows it.
    as_json
        One JSON object.
    """
    whole = _whole(with_database(service, lambda db: get_dead_letter(db, id_)))
    if as_json:
        print(json.dumps(whole))
        return
    for name, value in whole.items():
        lines = (
            [f"{cell(key)}: {cell(text)}" for key, text in value.items()] if isinstance(value, dict) else [cell(value)]
        )
        print(f"{name:<10}", f"\n{'':<11}".join(lines))


@app.command(name="replay", help_epilogue="Example: `guichet dead-letters replay notifier 17 18`")
def replay_(service: ServiceName, ids: Annotated[Sequence[int], Parameter(name="id", negative=())]) -> None:
    """Put them before the service again, which judges each like any late event. Twice is as once.

    Parameters
    ----------
    service
        Whose; it must be running, or does it when it runs again.
    ids
        One or several; either all are replayed or none is.
    """
    _settle(service, ids, "replayed")


@app.command(name="discard", help_epilogue="Example: `guichet dead-letters discard notifier 17`")
def discard_(service: ServiceName, ids: Annotated[Sequence[int], Parameter(name="id", negative=())]) -> None:
    """Decide that they will not be handled. They are kept to be looked at.

    Parameters
    ----------
    service
        Whose.
    ids
        One or several; either all are discarded or none is.
    """
    _settle(service, ids, "discarded")


def _settle(service: ServiceName, ids: Sequence[int], how: How) -> None:
    actor = operator(f"guichet dead-letters {'replay' if how == 'replayed' else 'discard'}")

    async def all_or_none(db: Database) -> None:
        async with db.transaction() as tx:
            for id_ in sorted(set(ids)):
                await settle(tx, Settle(actor, id_, how))

    with_database(service, all_or_none)
    for id_ in ids:
        print(f"{id_}: {how}")


def _summary(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "died_at": letter.died_at.isoformat(timespec="seconds"),
        "state": letter.state,
        "settled_at": letter.settled_at and letter.settled_at.isoformat(timespec="seconds"),
        "reason": letter.reason,
        "event_id": letter.event_id and str(letter.event_id),
        "type": letter.type,
        "portal": letter.portal,
        "topic": letter.message.topic,
        "partition": letter.message.partition,
        "offset": letter.message.offset,
    }


def _whole(letter: DeadLetter) -> dict[str, object]:
    message = letter.message
    headers = {name: _readable(value) for name, value in message.headers}
    return {**_summary(letter), "key": _readable(message.key), "headers": headers, "value": _readable(message.value)}


def _readable(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode(errors="backslashreplace")
