"""A portal's mails are held back: a template was wrong. Others leave, deadlines run on, and order is kept."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest_asyncio
from prometheus_client import REGISTRY

from services.notifier.deliverer.metrics import refresh
from services.notifier.sql.waiting import measure_waiting
from tests.integration.notifier_http.conftest import Notifier
from tests.support import command

# Portals that no other test's mails are of.
PORTAL, OTHER = "wary", "hasty"
CHANGES = """
    select action from audit
     where action in ('deliveries_paused', 'deliveries_resumed') and portal = $1
     order by seq
"""


async def pause(notifier: Notifier, paused: bool, portal: str = PORTAL, **more: Any) -> httpx.Response:
    return await notifier.call("PUT", f"portals/{portal}/deliveries/paused", json={"paused": paused}, **more)


@pytest_asyncio.fixture
async def paused(notifier: Notifier) -> AsyncIterator[Notifier]:
    answer = await pause(notifier, True)
    assert (answer.status_code, answer.json()["paused"]) == (200, True)
    yield notifier
    await pause(notifier, False)


async def test_mails_of_a_paused_portal_wait_and_leave_in_order_when_it_goes_on(paused: Notifier) -> None:
    facts, server = paused.facts, paused.server
    person, other = facts.person(PORTAL), facts.person(OTHER)
    await facts.asks(person)
    await facts.hears(facts.several(person))
    await facts.asks(other)
    await facts.until_states(other, "sent")
    assert await facts.states(person) == ["queued", "queued"]

    listed = (await paused.call("GET", "deliveries", params={"portal": PORTAL})).json()
    elsewhere = (await paused.call("GET", "deliveries", params={"portal": OTHER})).json()
    assert [(one["state"], one["paused"]) for one in listed["items"]] == [("queued", True)] * 2
    assert (listed["paused"], elsewhere["paused"]) == ([PORTAL], [])

    answer = await pause(paused, False)
    assert answer.json() == {"paused": False, "since": None}
    await facts.until_states(person, "sent", "sent")
    first, second = server.to(person.address)
    assert [row["mail"] for row in await facts.deliveries(person)] == [
        "password_regenerated",
        "activation_matched_several",
    ]
    assert "aB3*efghZ" in first.text
    assert "aB3*efghZ" not in second.text


async def test_a_deadline_that_comes_while_mails_are_held_back_ends_them(paused: Notifier) -> None:
    facts = paused.facts
    person = facts.person(PORTAL)
    await facts.asks(person, within=timedelta(milliseconds=300))
    await facts.hears(facts.several(person))

    await facts.until_states(person, "expired", "queued")
    assert paused.server.to(person.address) == []


async def test_what_waits_while_held_back_is_superseded_as_ever(paused: Notifier) -> None:
    facts = paused.facts
    person = facts.person(PORTAL)
    await facts.asks(person)
    await facts.hears(facts.password(person, 2))
    await facts.until_states(person, "superseded", "queued")

    await pause(paused, False)
    await facts.until_states(person, "superseded", "sent")


async def test_a_pause_is_audited_once_and_measured(paused: Notifier) -> None:
    before = await paused.query(CHANGES, PORTAL)
    person = paused.facts.person(PORTAL)
    await paused.facts.asks(person)

    again = await pause(paused, True)
    shown = (await paused.call("GET", f"portals/{PORTAL}/deliveries/paused")).json()
    await refresh(paused.facts.deps.db)
    counted = REGISTRY.get_sample_value("guichet_deliveries_paused", {"portal": PORTAL})
    await paused.facts.deps.db.execute(
        "update deliveries set due_at = now() - interval '1 h' where account_id = $1", person.id
    )
    measured = await measure_waiting(paused.facts.deps.db)
    await pause(paused, False)
    await pause(paused, False)

    assert (again.json(), shown["paused"]) == (shown, True)
    assert counted == 1
    assert measured.oldest_due < 3600
    after = await paused.query(CHANGES, PORTAL)
    assert [entry["action"] for entry in after[len(before) :]] == ["deliveries_resumed"]
    assert before[-1]["action"] == "deliveries_paused"
    await refresh(paused.facts.deps.db)
    assert REGISTRY.get_sample_value("guichet_deliveries_paused", {"portal": PORTAL}) is None


async def test_only_who_may_write_holds_mails_back_and_only_where_they_may(notifier: Notifier) -> None:
    reader = notifier.token(scopes=frozenset({"deliveries:read"}))
    elsewhere = notifier.token(portals=frozenset({"default"}))

    refused = await pause(notifier, True, token=reader)
    other = await pause(notifier, True, token=elsewhere)
    nowhere = await pause(notifier, True, "nowhere")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert (other.status_code, other.json()["code"]) == (403, "portal_not_granted")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_portal")


async def guichet(notifier: Notifier, *argv: str) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    done = await command.guichet("deliveries", *argv, environment={"GUICHET_DATA": "/nowhere", **notifier.environment})
    return done.status, done.out, done.err


async def test_the_command_holds_mails_back_and_lets_them_go(notifier: Notifier) -> None:
    facts = notifier.facts
    assert (await guichet(notifier, "pause", PORTAL))[0] == 0
    person = facts.person(PORTAL)
    await facts.asks(person)

    _, listed, _ = await guichet(notifier, "list", "--portal", PORTAL)
    _, as_json, _ = await guichet(notifier, "list", "--account", str(person.id), "--json")
    assert "queued, paused" in listed
    assert f"{PORTAL}: its mails are held back since" in listed
    assert [one["paused"] for one in json.loads(as_json)] == [True]

    assert (await guichet(notifier, "resume", PORTAL))[0] == 0
    await facts.until_states(person, "sent")
    status, _, err = await guichet(notifier, "pause", "nowhere")
    assert (status, len(err.splitlines())) == (1, 1)
