"""Dead letters at the desk: what was set aside, and what becomes of each; over the API and on pages."""

import itertools
from uuid import uuid4

import pytest

from shared.db import open_database
from shared.events import PasswordRegenerated
from shared.events.cloudevents import Envelope, headers
from shared.ids import EventId, PortalName, new_id
from shared.inbox.dead_letters import insert_dead_letter
from shared.inbox.messages import Message
from tests.integration.notifier.desk import TRACE, received
from tests.integration.notifier_http.conftest import Notifier, press

LETTERS = "/dead-letters/notifier"

_offsets = itertools.count(1)


async def bury(notifier: Notifier, portal: str | None = "egec", reason: str = "the template is missing") -> int:
    """One more dead letter; of no portal: nobody could read it. Its id."""
    envelope = None
    if portal is not None:
        source = received(notifier.facts.password(notifier.facts.person(portal))).envelope
        envelope = Envelope(
            EventId(new_id()), source.source, source.type, source.subject, source.time, PortalName(portal), TRACE
        )
    key = envelope.subject.encode() if envelope else None
    written = tuple(headers(envelope)) if envelope else (("x", b"\xff"),)
    message = Message("guichet.accounts", 0, next(_offsets), key, written, b'{"sealed": "sealed"}')
    async with open_database(notifier.database.url, max_size=1) as db, db.transaction() as tx:
        await insert_dead_letter(tx, "notifier", message, envelope, reason)
    [row] = await notifier.query('select id from dead_letters where "offset" = $1', message.offset)
    return int(row["id"])


async def ids(notifier: Notifier, *, token: str | None = None, **wanted: str) -> list[int]:
    answer = await notifier.call("GET", "dead-letters/notifier", token=token, params={"limit": "200", **wanted})
    assert answer.status_code == 200, answer.text
    return [letter["id"] for letter in answer.json()["items"]]


async def test_one_is_listed_and_shown_as_it_came(notifier: Notifier) -> None:
    id_ = await bury(notifier)

    shown = (await notifier.call("GET", f"dead-letters/notifier/{id_}")).json()

    assert id_ in await ids(notifier)
    assert (shown["state"], shown["portal"], shown["type"]) == ("waiting", "egec", PasswordRegenerated.type)
    assert shown["value"] == '{"sealed": "sealed"}'
    assert dict(shown["headers"])["ce_portal"] == "egec"
    [entry] = await notifier.query(
        "select * from audit where action = 'dead_letter_shown' and details->>'dead_letter' = $1", str(id_)
    )
    assert (entry["portal"], entry["actor_id"]) == ("egec", "desk")


async def test_one_replayed_is_put_before_the_service_again_and_twice_is_as_once(notifier: Notifier) -> None:
    id_, key = await bury(notifier), uuid4().hex
    path = f"dead-letters/notifier/{id_}/replay"

    answers = [await notifier.call("POST", path, key=key), await notifier.call("POST", path, key=key)]
    again = await notifier.call("POST", path)

    assert {answer.status_code for answer in (*answers, again)} == {200}
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["state"] == "replayed"
    event = answers[0].json()["event_id"]
    assert len(await notifier.query("select from inbox_parked where event_id = $1", event)) == 1
    assert id_ not in await ids(notifier)
    assert id_ in await ids(notifier, state="replayed")
    entries = await notifier.query(
        "select from audit where action = 'dead_letter_replayed' and details->>'event_id' = $1", event
    )
    assert len(entries) == 2  # the repeat by key was not done again


async def test_one_discarded_is_kept_to_be_looked_at(notifier: Notifier) -> None:
    id_ = await bury(notifier)

    answer = await notifier.call("POST", f"dead-letters/notifier/{id_}/discard")

    assert (answer.status_code, answer.json()["state"]) == (200, "discarded")
    assert id_ not in await ids(notifier)
    assert id_ in await ids(notifier, state="all")


async def test_one_that_cannot_be_read_is_for_those_who_may_see_every_portal(notifier: Notifier) -> None:
    id_ = await bury(notifier, None, "not a CloudEvent")
    restricted = notifier.token(portals=frozenset({"egec", "default"}))

    replayed = await notifier.call("POST", f"dead-letters/notifier/{id_}/replay")
    hidden = await notifier.call("GET", f"dead-letters/notifier/{id_}", token=restricted)

    assert (replayed.status_code, replayed.json()["code"]) == (409, "dead_letter_unreadable")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "dead_letter_not_found")
    assert id_ in await ids(notifier)
    assert id_ not in await ids(notifier, token=restricted)


async def test_one_of_a_portal_one_may_not_see_does_not_exist(notifier: Notifier) -> None:
    id_, elsewhere = await bury(notifier), notifier.token(portals=frozenset({"default"}))

    answers = [
        await notifier.call(method, f"dead-letters/notifier/{id_}{what}", token=elsewhere)
        for method, what in (("GET", ""), ("POST", "/replay"), ("POST", "/discard"))
    ]
    page = await notifier.colleague(portals=frozenset({"default"})).get(f"/dead-letters/notifier/{id_}")

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "dead_letter_not_found")}
    assert page.status_code == 404
    assert id_ in await ids(notifier)
    assert await ids(notifier, portal="default") == await ids(notifier, token=elsewhere)


@pytest.mark.parametrize("service", ["auth", "contracts", "nothing"])
async def test_it_answers_for_itself_alone(notifier: Notifier, service: str) -> None:
    answers = [
        await notifier.call("GET", f"dead-letters/{service}"),
        await notifier.call("POST", f"dead-letters/{service}/1/replay"),
        await notifier.call("GET", f"audit/{service}"),
        await notifier.colleague().get(f"/dead-letters/{service}"),
        await notifier.colleague().get(f"/audit/{service}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


async def test_lists_are_paged(notifier: Notifier) -> None:
    buried = [await bury(notifier, "neutral") for _ in range(3)]
    wanted = {"portal": "neutral", "limit": "2"}

    first = (await notifier.call("GET", "dead-letters/notifier", params=wanted)).json()
    rest = (await notifier.call("GET", "dead-letters/notifier", params={**wanted, "after": first["after"]})).json()

    assert [letter["id"] for letter in first["items"] + rest["items"]] == buried
    assert rest["after"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "dead-letters/notifier"),
        ("GET", "dead-letters/notifier/1"),
        ("POST", "dead-letters/notifier/1/replay"),
        ("POST", "dead-letters/notifier/1/discard"),
    ],
)
async def test_they_are_for_those_who_decide(notifier: Notifier, method: str, path: str) -> None:
    token = notifier.token(scopes=frozenset({"deliveries:write", "audit:read"}))

    answer = await notifier.call(method, path, token=token)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_they_are_decided_on_pages_too(notifier: Notifier) -> None:
    replayed, discarded = await bury(notifier), await bury(notifier, reason="<script>alert(1)</script>")
    browser = notifier.colleague()

    listed = await browser.visit("/dead-letters/notifier")
    shown = await browser.visit(listed.links[f"Message {replayed}"])
    done = [
        await press(browser, f"{LETTERS}/{replayed}", f"{LETTERS}/{replayed}/replay"),
        await press(browser, f"{LETTERS}/{discarded}", f"{LETTERS}/{discarded}/discard"),
    ]

    assert f"Message {discarded}" in listed.links
    assert "the template is missing" in shown.text
    assert shown.buttons[-2:] == ["Rejouer", "Écarter"]
    assert "Le message est rejoué." in done[0].text
    assert "Le message est écarté." in done[1].text
    assert not {replayed, discarded} & set(await ids(notifier))
    raw = (await browser.get("/dead-letters/notifier?state=discarded")).text
    assert "<script>alert" not in raw


async def test_a_form_without_its_token_decides_nothing(notifier: Notifier) -> None:
    id_ = await bury(notifier)

    answer = await notifier.colleague().request("POST", f"/dead-letters/notifier/{id_}/discard", data={"csrf": "x"})

    assert answer.status_code == 403
    assert id_ in await ids(notifier)
