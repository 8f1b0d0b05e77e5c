"""Mails about registrations, chosen passwords and contracts: to whom, in which order, and what stays sealed of them."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifier.domain.backoff import Backoff
from services.notifier.handlers.take_facts import take_facts
from shared.events import (
    ContractLinked,
    ContractUnlinked,
    Event,
    PasswordChanged,
    RegistrationRepeated,
    RegistrationRequested,
    ResetRequested,
)
from shared.ids import EventId, new_id
from shared.inbox import Received
from tests.integration.notifier.desk import Desk, Person, received
from tests.support.canary import found_in_texts
from tests.support.smtp_server import SmtpServer

TOKEN = "mv4xe2lomzqxg5dpozs3tqay2e"
TYPED = {"address": "zoe.exemple@example.org", "name": "Zoé Exemple"}
CONTRACT = {"number": "23-004512", "label": "Maison des Étangs"}
NOW = datetime.now(UTC)

SLOW = Backoff(pauses=(timedelta(hours=1),))

Asked = tuple[Event, EventId]


def linked(desk: Desk, person: Person, by: str = "key", secrets: Mapping[str, str] = CONTRACT) -> Asked:
    return desk.asking(ContractLinked, person, secrets, contract_id=new_id(), linked_at=NOW, by=by)


def unlinked(desk: Desk, person: Person, by: str = "operator") -> Asked:
    return desk.asking(ContractUnlinked, person, CONTRACT, contract_id=new_id(), unlinked_at=NOW, by=by)


def registration(desk: Desk, person: Person, language: str = "fr", **more: str) -> Asked:
    return desk.asking(RegistrationRequested, person, {**TYPED, "token": TOKEN, **more}, language=language)


async def test_s0_3_a_registration_is_mailed_to_the_address_it_brings(desk: Desk, server: SmtpServer):
    stranger = desk.person("ecocito")
    await desk.hears(registration(desk, stranger))
    async with desk.delivering():
        await desk.until_states(stranger, "sent")

    [taken] = server.taken
    assert taken.recipient == TYPED["address"]
    assert f"https://evolis23.ecocito.com/register/confirm#{TOKEN}" in taken.text.splitlines()
    assert f"collez-y ce code\u00a0: {TOKEN}" in taken.text
    assert "Zoé Exemple, bonjour," in taken.text
    assert "relationusagers@evolis23.fr (Evolis 23)" in taken.text


async def test_b10_a_registration_is_answered_in_the_language_it_was_made_in(desk: Desk, server: SmtpServer):
    stranger = desk.person("ecocito")
    await desk.hears(registration(desk, stranger, "en"))
    async with desk.delivering():
        await desk.until_states(stranger, "sent")
    assert server.taken[0].mail["Content-Language"] == "en"


async def test_who_has_an_account_is_told_that_somebody_asked_for_one(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    await desk.hears(person.contact(), desk.asking(RegistrationRepeated, person, TYPED, language="fr"))
    async with desk.delivering():
        await desk.until_states(person, "sent")
    [taken] = server.taken
    assert (taken.recipient, taken.mail["Subject"]) == (TYPED["address"], "Vous avez déjà un compte Ecocito")


@pytest.mark.parametrize("address", ["zoe@example.org\r\nRCPT TO:<other@example.org>", "", "zoe"])
async def test_a_registration_with_no_address_at_all_is_told_as_rejected(desk: Desk, server: SmtpServer, address: str):
    stranger = desk.person("ecocito")
    await desk.hears(registration(desk, stranger, address=address))
    async with desk.delivering():
        await desk.until_states(stranger, "rejected")
    assert server.taken == []


async def test_a_reset_link_goes_to_the_contact_and_says_that_nothing_changed_yet(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    await desk.hears(person.contact(), desk.asking(ResetRequested, person, {"token": TOKEN}, contact_version=1))
    async with desk.delivering():
        await desk.until_states(person, "sent")
    [taken] = server.taken
    assert taken.recipient == person.address
    assert f"https://evolis23.ecocito.com/activate/confirm#{TOKEN}" in taken.text.splitlines()
    assert "votre mot de passe actuel reste valable" in taken.text


async def test_a_changed_password_is_told_with_whom_to_write_to_if_it_was_not_them(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    changed = desk.asking(PasswordChanged, person, contact_version=1, generation=7, changed_at=NOW)
    await desk.hears(person.contact(), changed)
    async with desk.delivering():
        await desk.until_states(person, "sent")
    [taken] = server.taken
    assert re.search(r"Si ce n’était pas vous.*relationusagers@evolis23\.fr \(Evolis 23\)", taken.text)


async def test_contracts_are_told_of_in_the_order_their_facts_were_committed(desk: Desk, server: SmtpServer):
    """However late the first is heard of, and the contact last."""
    person = desk.person("ecocito")
    first, second, third = [
        received(fact) for fact in (linked(desk, person), unlinked(desk, person), linked(desk, person))
    ]
    for message in (third, second, first):
        await hear(desk, message)
    await desk.hears(person.contact())
    async with desk.delivering():
        await desk.until_states(person, "sent", "sent", "sent")
    assert ["n’est plus" in taken.text for taken in server.taken] == [False, True, False]
    assert all("23-004512 (Maison des Étangs)" in taken.text for taken in server.taken)


async def test_one_that_has_to_wait_holds_up_no_later_one(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    server.for_recipient[person.address] = {"dot": "451 4.3.0 later"}
    await desk.hears(person.contact(), linked(desk, person))
    async with desk.delivering(backoff=SLOW):
        await desk.until_states(person, "deferred")
    server.for_recipient.clear()
    await desk.hears(unlinked(desk, person))
    async with desk.delivering():
        await desk.until_states(person, "deferred", "sent")


async def test_an_import_and_an_erasure_mail_nobody(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    await desk.hears(person.contact(), linked(desk, person, by="import"), unlinked(desk, person, by="erasure"))
    assert await desk.deliveries(person) == []


async def test_a_replay_mails_nobody_twice(desk: Desk, server: SmtpServer):
    person = desk.person("ecocito")
    messages = [received(fact) for fact in (person.contact(), linked(desk, person), unlinked(desk, person))]
    async with desk.delivering():
        await hear(desk, *messages)
        await desk.until_states(person, "sent", "sent")
        await hear(desk, *messages)
        await desk.hears(linked(desk, person))  # what comes after the replay is mailed: so the replay was looked at
        await desk.until_states(person, "sent", "sent", "sent")
    assert len(server.taken) == 3
    assert len({taken.message_id for taken in server.taken}) == 3


async def test_a_seal_moved_to_another_account_opens_nothing(desk: Desk, server: SmtpServer):
    person, other = desk.person("ecocito"), desk.person("ecocito")
    event, event_id = linked(desk, person)
    await desk.hears(other.contact(), (event.model_copy(update={"account_id": other.id}), event_id))
    async with desk.delivering():
        await desk.until_states(other, "rejected")
    assert server.taken == []


async def test_b4_number_label_address_and_token_are_in_the_mail_and_nowhere_else(
    desk: Desk, server: SmtpServer, capsys: pytest.CaptureFixture[str]
):
    """While the mails are tried again and again, when they are at rest, and in what is told of them."""
    person = desk.person("ecocito")
    contract = {"number": "23-9f8e7d6c", "label": "Moulin-du-Canari"}
    asked = [
        registration(desk, person),
        linked(desk, person, secrets=contract),
        desk.asking(ResetRequested, person, {"token": TOKEN[::-1]}, contact_version=1),
    ]
    canaries = [TOKEN, TOKEN[::-1], TYPED["address"], *contract.values()]
    server.always["dot"] = "451 4.3.0 later"
    await desk.hears(person.contact(), *asked)
    async with desk.delivering(backoff=SLOW):
        await desk.until_states(person, "deferred", "deferred", "deferred")
    deferred = await held(desk)
    server.always.clear()
    await desk.deps.db.execute("update deliveries set due_at = now()")
    async with desk.delivering():
        await desk.until_states(person, "sent", "sent", "sent")

    places = {
        "facts": b"".join(event.payload for event, _ in asked),
        "deferred": deferred,
        "at rest": await held(desk),
        "told": json.dumps([data for _, data in await desk.told()]).encode(),
        "logs": "".join(capsys.readouterr()).encode(),
        "subjects": "".join(taken.mail["Subject"] for taken in server.taken).encode(),
    }
    assert found_in_texts(places, canaries) == set()
    assert len(found_in_texts({taken.message_id: taken.text.encode() for taken in server.taken}, canaries)) == 3


async def hear(desk: Desk, *messages: Received) -> None:
    async with desk.deps.db.transaction() as tx:
        await take_facts(tx, messages)
    desk.deps.due.ring()


async def held(desk: Desk) -> bytes:
    """Every row the notifier keeps, its contacts aside."""
    rows: list[Any] = []
    for table in ("deliveries", "attempts", "outbox", "dead_letters", "inbox_parked"):
        rows += await desk.deps.db.fetch(f"select t::text as row from {table} t")  # noqa: S608 -- of this very list
    return "\n".join(row["row"] for row in rows).encode()
