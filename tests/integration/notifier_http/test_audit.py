"""The audit at the desk: who did what, found by what one knows, as pages, JSON or a file; and itself written down."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared import audit
from shared.audit import Actor
from shared.audit.log import LOT
from shared.db import open_database
from shared.ids import AccountId, ContractId, PortalName, new_id
from tests.integration.notifier_http.conftest import DESK_HOST, Notifier

NO_BREAK = "\N{NO-BREAK SPACE}"


async def write(
    notifier: Notifier, *actions: audit.Action, portal: str = "egec", **about: Any
) -> tuple[str, AccountId]:
    """Entries of somebody of the staff about somebody: who, and whom."""
    actor, account = Actor("staff", str(uuid4()), "192.0.2.7"), AccountId(new_id())
    async with open_database(notifier.database.url, max_size=1) as db:
        for action in actions:
            await audit.insert_entry(db, actor, action, PortalName(portal), **{"account_id": account, **about})
    return actor.id, account


async def found(notifier: Notifier, *, token: str | None = None, **wanted: Any) -> list[dict[str, Any]]:
    answer = await notifier.call("GET", "audit/notifier", token=token, params=wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_entries_are_found_by_whom_and_what_they_are_about(notifier: Notifier) -> None:
    contract = ContractId(new_id())
    actor, account = await write(
        notifier, "timeline_shown", "delivery_retried", contract_id=contract, details={"delivery_id": "x"}
    )
    await write(notifier, "timeline_shown")

    for wanted in ({"actor": actor}, {"account_id": str(account)}, {"contract_id": str(contract)}):
        entries = await found(notifier, **wanted)
        own = [entry["action"] for entry in entries if entry["actor_id"] == actor]
        assert own == ["delivery_retried", "timeline_shown"]
    [entry] = await found(notifier, actor=actor, action="delivery_retried")
    assert (
        entry.items()
        >= {
            "actor_kind": "staff",
            "origin": "192.0.2.7",
            "portal": "egec",
            "account_id": str(account),
            "contract_id": str(contract),
            "details": {"delivery_id": "x"},
        }.items()
    )
    assert {entry["actor_kind"] for entry in await found(notifier, actor="staff")} == {"staff"}


async def test_entries_are_found_by_their_time(notifier: Notifier) -> None:
    """Days count whole, in the time of the place."""
    actor, _ = await write(notifier, "timeline_shown")
    [entry] = await found(notifier, actor=actor)
    at = (await notifier.query("select at from audit where seq = $1", entry["id"]))[0]["at"]
    today = at.astimezone().date()
    day = timedelta(days=1)

    async def seen(**wanted: object) -> bool:
        return bool(
            await found(notifier, actor=actor, **{name.strip("_"): str(bound) for name, bound in wanted.items()})
        )

    assert await seen(from_=today, to=today)
    assert await seen(from_=at.isoformat())
    assert not await seen(to=at.isoformat())
    assert not await seen(from_=today + day)
    assert not await seen(to=today - day)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", "9999-12-31", "0001-01-01T00:00:00+14:00"])
async def test_what_is_no_day_is_said_by_its_field(notifier: Notifier, wrong: str) -> None:
    answer = await notifier.call("GET", "audit/notifier", params={"to": wrong})
    page = await notifier.colleague().get(f"/audit/notifier?to={wrong}")

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/to"]
    assert page.status_code == 422
    assert 'href="#to"' in page.text


async def test_lists_are_paged(notifier: Notifier) -> None:
    actor, _ = await write(notifier, *["timeline_shown"] * 3)

    first = (await notifier.call("GET", "audit/notifier", params={"actor": actor, "limit": 2})).json()
    rest = await notifier.call("GET", "audit/notifier", params={"actor": actor, "limit": 2, "after": first["after"]})

    assert [len(first["items"]), len(rest.json()["items"]), rest.json()["after"]] == [2, 1, None]


async def test_entries_of_a_portal_one_may_not_see_are_not_there(notifier: Notifier) -> None:
    actor, _ = await write(notifier, "timeline_shown")
    desk, _ = await write(notifier, "deliveries_listed", portal="desk")
    restricted = notifier.token(portals=frozenset({"default"}))

    refused = await notifier.call("GET", "audit/notifier", token=restricted, params={"portal": "egec"})

    assert await found(notifier, token=restricted, actor=actor) == []
    assert await found(notifier, token=restricted, actor=desk) == []
    assert len(await found(notifier, actor=desk)) == 1
    assert (refused.status_code, refused.json()["code"]) == (403, "portal_not_granted")


async def test_reading_it_is_written_down(notifier: Notifier) -> None:
    caller, (_, account) = uuid4().hex, await write(notifier, "timeline_shown")
    token = notifier.token(caller=caller)

    await found(notifier, token=token, account_id=str(account))
    await notifier.call("GET", "audit/notifier", token=token, params={"format": "csv", "portal": "egec"})

    entries = await notifier.query(
        "select action, portal, account_id from audit where actor_id = $1 order by seq", caller
    )
    assert [tuple(entry) for entry in entries] == [("audit_shown", "desk", account), ("audit_exported", "egec", None)]


@pytest.mark.parametrize("way", ["accept", "format", "page"])
async def test_it_is_exported_whole_and_no_cell_is_a_formula(notifier: Notifier, way: str) -> None:
    number = 5 if way != "format" else LOT + 5
    actor = f"=cmd|{uuid4()}"
    await notifier.query(
        "insert into audit (actor_kind, actor_id, action, portal, origin, details)"
        " select 'client', $1, 'timeline_shown', 'egec', 'x', '{}' from generate_series(1, $2::int)",
        actor,
        number,
    )

    if way == "page":
        answer = await notifier.colleague().get("/audit/notifier", params={"actor": actor, "format": "csv"})
    elif way == "format":
        answer = await notifier.call("GET", "audit/notifier", params={"actor": actor, "format": "csv"})
    else:
        headers = {"host": DESK_HOST, "authorization": f"Bearer {notifier.token()}", "accept": "text/csv"}
        answer = await notifier.http.get("/api/v1/audit/notifier", params={"actor": actor}, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {line["actor_id"] for line in lines} == {f"'{actor}"}
    assert len({line["id"] for line in lines}) == number


async def test_the_page_says_in_words_who_did_what(notifier: Notifier) -> None:
    actor, account = await write(notifier, "delivery_retried", details={"delivery_id": "0192"})
    await notifier.query(
        "insert into audit (actor_kind, actor_id, action, portal, origin)"
        " values ('staff', $1, 'from_the_future', 'egec', 'x')",
        actor,
    )

    page = await notifier.colleague().visit(f"/audit/notifier?actor={actor}")

    assert (
        f"Courriel présenté de nouveau Équipe {actor} 192.0.2.7 eGEC Compte {account} Courriel{NO_BREAK}: 0192"
        in page.text
    )
    assert "from_the_future" in page.text
    refused = notifier.token(scopes=frozenset(), caller=uuid4().hex)
    await notifier.call("GET", "deliveries", token=refused)
    refusals = await notifier.colleague().visit("/audit/notifier?portal=desk&action=call_refused")
    assert f"Accueil Refus{NO_BREAK}: Votre rôle ne permet pas cette action" in refusals.text
    english = await notifier.colleague().visit(f"/audit/notifier?actor={actor}&lang=en")
    assert "Mail offered again Staff" in english.text


async def test_the_page_leads_on_with_what_was_asked(notifier: Notifier) -> None:
    _, account = await write(notifier, *["timeline_shown"] * 101)

    page = await notifier.colleague().visit(f"/audit/notifier?account={account}&action=timeline_shown")
    older = await notifier.colleague().visit(f"/audit/notifier{page.links['Plus anciens']}")

    assert page.links["Comptes"] == f"/audit/auth?account={account}&action=timeline_shown"
    assert page.links["Exporter en CSV"] == f"/audit/notifier?account={account}&action=timeline_shown&format=csv"
    assert page.links["Journal"] == f"/audit/auth?account={account}"
    assert older.text.count("Suivi des courriels consulté Équipe") == 1


async def test_what_is_no_id_is_said_and_nothing_is_looked_for(notifier: Notifier) -> None:
    page = await notifier.colleague().get("/audit/notifier", params={"account": "<b>Camille</b>"})

    assert page.status_code == 422
    assert "<b>Camille" not in page.text
    assert "N’est pas un identifiant technique" in page.text
