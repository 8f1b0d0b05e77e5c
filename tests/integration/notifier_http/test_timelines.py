"""« Did my mail leave? »: over the API, on the page, and by the command."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.ids import EventId, new_id
from tests.integration.notifier.desk import PASSWORD, Person
from tests.integration.notifier_http.conftest import Notifier
from tests.support import command

LATER = "451 4.7.1 Greylisted, try again in 15 seconds"


async def asked(notifier: Notifier, person: Person, **more: Any) -> dict[str, Any]:
    answer = await notifier.call("GET", f"portals/{person.portal}/timelines/{person.id}", **more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kinds(timeline: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["kind"], item["mail"]) for item in timeline["items"]]


async def test_a_mail_is_told_from_its_request_to_the_reply_that_took_it(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append(LATER)
    person, [row] = await notifier.mailed("sent")

    told = await asked(notifier, person)

    assert (told["left"], told["why"], told["newest"]["mail"]) == ("yes", "sent", "password_regenerated")
    requested, deferred, sent = told["items"]
    assert (requested["kind"], requested["event_id"]) == ("requested", str(row["caused_by"]))
    assert (deferred["kind"], deferred["attempt"], deferred["stage"], deferred["code"], deferred["words"]) == (
        "deferred",
        1,
        "rcpt",
        451,
        LATER.removeprefix("451 "),
    )
    assert (sent["kind"], sent["attempt"], sent["code"]) == ("sent", 2, 250)
    assert {item["delivery_id"] for item in told["items"]} == {str(row["id"])}
    assert [item["at"] for item in told["items"]] == sorted(item["at"] for item in told["items"])
    assert PASSWORD not in json.dumps(told)


async def test_what_was_superseded_and_withheld_is_told_too(notifier: Notifier) -> None:
    facts = notifier.facts
    person = facts.person("egec")
    notifier.server.for_recipient[person.address] = {"rcpt": LATER}
    await facts.asks(person)
    await facts.hears(facts.password(person, 2))
    await facts.hears(person.contact(2, shared=True))
    await facts.until_states(person, "superseded", "withheld")

    told = await asked(notifier, person)

    assert (told["left"], told["why"], told["newest"]["next_at"]) == ("no", "withheld", None)
    assert [kind for kind, _ in kinds(told) if kind not in ("deferred", "requested")] == ["superseded", "withheld"]


async def test_somebody_who_asked_for_nothing_got_nothing(notifier: Notifier) -> None:
    person = notifier.facts.person("egec")
    await notifier.facts.hears(person.contact())

    told = await asked(notifier, person)

    assert (told["left"], told["why"], told["newest"], told["items"]) == ("no", "nothing", None, [])


async def test_a_long_timeline_is_paged_and_its_answer_stays_the_newest_mails(notifier: Notifier) -> None:
    facts = notifier.facts
    person = facts.person("egec")
    await facts.hears(person.contact())
    await facts.hears(*(facts.password(person, number, event_id=_later(number)) for number in (1, 2, 3)))
    await facts.until_states(person, "superseded", "superseded", "sent")

    newest = await asked(notifier, person, params={"limit": 1})
    rest = await asked(notifier, person, params={"limit": 2, "after": newest["after"]})

    assert [kind for kind, _ in kinds(newest)] == ["requested", "sent"]
    assert sorted(kind for kind, _ in kinds(rest)) == ["requested", "requested", "superseded", "superseded"]
    assert (rest["left"], rest["newest"], rest["after"]) == ("yes", newest["newest"], None)


def _later(milliseconds: int) -> EventId:
    """An id of so many milliseconds from now (UUIDv7): mails that are asked for in the same one have no order."""
    return EventId(UUID(int=new_id().int + (milliseconds << 80)))


async def test_an_account_of_another_portal_or_of_nobody_is_not_there(notifier: Notifier) -> None:
    person, _ = await notifier.mailed("sent")
    elsewhere = frozenset({"default"})

    answers = [
        await notifier.call("GET", f"portals/default/timelines/{person.id}"),
        await notifier.call("GET", f"portals/egec/timelines/{uuid4()}"),
    ]
    page = await notifier.colleague(portals=elsewhere).get(f"/timelines/{person.id}")
    refused = await notifier.call("GET", f"portals/egec/timelines/{person.id}", token=notifier.token(portals=elsewhere))

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "account_not_found")}
    assert page.status_code == 404
    assert (refused.status_code, refused.json()["code"]) == (403, "portal_not_granted")


async def shown(notifier: Notifier, person: Person, **more: Any) -> httpx.Response:
    return await notifier.colleague().get(f"/timelines/{person.id}", **more)


async def test_the_page_answers_in_its_first_line_and_shows_the_evidence(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append(LATER)
    person, _ = await notifier.mailed("sent")

    page = await notifier.colleague().visit(f"/timelines/{person.id}")
    text = page.text

    assert page.status == 200
    assert "Oui, le courriel «\N{NO-BREAK SPACE}Nouveau mot de passe\N{NO-BREAK SPACE}» est parti" in text
    assert text.index("Accepté") < text.index("Différé") < text.index("courriel demandé")
    assert LATER in text
    assert person.address in text
    assert PASSWORD not in text


async def test_a_page_that_is_known_is_not_shown_again_nor_written_down(notifier: Notifier) -> None:
    person, _ = await notifier.mailed("sent")
    browser = notifier.colleague()
    first = await browser.get(f"/timelines/{person.id}")

    again = await browser.get(f"/timelines/{person.id}", headers={"if-none-match": first.headers["etag"]})
    await notifier.facts.hears(person.contact(2, shared=True))
    changed = await browser.get(f"/timelines/{person.id}", headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert changed.headers["etag"] != first.headers["etag"]
    entries = await notifier.query("select action, actor_kind from audit where account_id = $1", person.id)
    assert [tuple(entry) for entry in entries] == [("timeline_shown", "staff")] * 2


async def test_who_was_erased_has_no_name_on_the_page(notifier: Notifier) -> None:
    person, _ = await notifier.mailed("sent")
    await notifier.facts.hears_of_erasure(person)

    page = await shown(notifier, person)

    assert page.status_code == 200
    assert "Personne effacée" in page.text
    assert person.address not in page.text


@pytest.mark.parametrize("scopes", [frozenset[str](), frozenset({"audit:read"})])
async def test_the_page_is_for_those_whose_role_reads_mails(notifier: Notifier, scopes: frozenset[str]) -> None:
    person, _ = await notifier.mailed("sent")

    refused = await notifier.colleague(scopes=scopes).get(f"/timelines/{person.id}")
    stranger = await notifier.http.get(f"/timelines/{person.id}", headers={"host": "desk.localhost"})

    assert refused.status_code == 403
    assert (stranger.status_code, stranger.headers["location"]) == (303, f"/sign-in?next=%2Ftimelines%2F{person.id}")


async def guichet(notifier: Notifier, *argv: str) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    done = await command.guichet("timeline", *argv, environment={"GUICHET_DATA": "/nowhere", **notifier.environment})
    return done.status, done.out, done.err


async def test_the_command_answers_by_identifier_or_id(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append(LATER)
    person, _ = await notifier.mailed("sent")

    status, out, _ = await guichet(notifier, "egec", person.contact().identifier)
    _, as_json, _ = await guichet(notifier, "egec", str(person.id), "--json")

    first, requested, deferred, sent = out.splitlines()
    assert status == 0
    assert first.startswith("yes: password_regenerated sent ")
    assert requested.endswith("password_regenerated requested")
    assert deferred.endswith(f"deferred at try 1: {LATER}")
    assert "sent at try 2: 250" in sent
    assert json.loads(as_json) == await asked(notifier, person)
    assert person.address not in out
    actors = await notifier.query("select actor_kind, origin from audit where account_id = $1 order by seq", person.id)
    assert tuple(actors[0]) == ("operator", "guichet timeline")
    status, _, err = await guichet(notifier, "egec", str(new_id()))
    assert (status, len(err.splitlines())) == (1, 1)
