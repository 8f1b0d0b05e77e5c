"""The desk's pages of mails: which there are, what became of one, another try; and a portal's mails held back."""

import pytest

from tests.integration.notifier.desk import PASSWORD
from tests.integration.notifier_http.conftest import SCOPES, Notifier, press
from tests.support.samples import NOBODYS

PORTAL = "tireless"  # no other test's mails are of it
READER = frozenset({"deliveries:read"})


async def test_mails_are_listed_and_lead_to_each_and_to_its_person(notifier: Notifier) -> None:
    person, [row] = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")

    page = await notifier.colleague().visit(f"/deliveries?account={person.id}")

    assert "Nouveau mot de passe Refusé" in page.text
    assert "550 5.1.1 no such person" in page.text
    assert page.links["Nouveau mot de passe"] == f"/deliveries/{row['id']}"
    assert page.links[person.contact().identifier] == f"/timelines/{person.id}"
    assert person.address not in page.text
    assert PASSWORD not in page.text


async def test_they_are_listed_by_state_and_portal(notifier: Notifier) -> None:
    person, _ = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")
    account, browser = f"account={person.id}", notifier.colleague()

    found = await browser.visit(f"/deliveries?{account}&state=rejected&portal=egec")
    others = [
        await browser.visit(f"/deliveries?{account}&state=sent"),
        await browser.visit(f"/deliveries?{account}&portal=default"),
        await notifier.colleague(portals=frozenset({"default"})).visit(f"/deliveries?{account}"),
    ]

    assert "no such person" in found.text
    assert ["Aucun courriel ne correspond." in page.text for page in others] == [True] * 3
    refused = await notifier.colleague(portals=frozenset({"default"})).get("/deliveries?portal=egec")
    assert refused.status_code == 403


async def test_the_list_goes_on_with_what_was_asked(notifier: Notifier) -> None:
    facts = notifier.facts
    person = facts.person("egec")
    await facts.hears(person.contact(), *(facts.password(person, generation) for generation in range(1, 53)))
    await facts.until_states(person, *["superseded"] * 51, "sent")

    first = await notifier.colleague().visit(f"/deliveries?account={person.id}&state=superseded&portal=")
    rest = await notifier.colleague().visit(f"/deliveries{first.links['Plus anciens']}")

    assert (first.text.count("Nouveau mot de passe Remplacé"), rest.text.count("Nouveau mot de passe Remplacé")) == (
        50,
        1,
    )
    assert "Plus anciens" not in rest.links


async def test_a_rejected_mail_is_tried_again_from_its_page(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append("554 5.7.1 we were wrong")
    person, [row] = await notifier.mailed("rejected")
    path = f"/deliveries/{row['id']}"

    before = await notifier.colleague().visit(path)
    after = await press(notifier.colleague(), path, f"{path}/retry")
    await notifier.facts.until_states(person, "sent")
    done = await notifier.colleague().visit(path)

    assert "Refusé par le serveur de messagerie" in before.text
    assert "Le courriel est présenté de nouveau." in after.text
    assert "Accepté par le serveur de messagerie" in done.text
    assert "Présenter de nouveau" not in done.buttons
    [entry] = await notifier.audited("delivery_retried", delivery_id=str(row["id"]))
    assert (entry["actor_kind"], entry["account_id"]) == ("staff", person.id)


async def test_one_that_may_not_leave_any_more_says_so(notifier: Notifier) -> None:
    person, [row] = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")
    await notifier.facts.hears(person.contact(2, shared=True))
    path = f"/deliveries/{row['id']}"

    refused = await press(notifier.colleague(), path, f"{path}/retry")

    assert refused.status == 409
    assert "Ce courriel n’est pas à renvoyer" in refused.text


async def test_who_only_reads_is_offered_nothing_and_can_do_nothing(notifier: Notifier) -> None:
    person, [row] = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")
    reader, path = notifier.colleague(scopes=READER), f"/deliveries/{row['id']}"
    listed, shown = await reader.visit(f"/deliveries?portal={PORTAL}"), await reader.visit(path)

    answers = [
        await reader.request("POST", f"{path}/retry", data={"csrf": reader.cookies["__Host-csrf"]}),
        await reader.get(f"/deliveries/paused/{PORTAL}"),
        await reader.request("POST", f"/deliveries/paused/{PORTAL}", data={"csrf": reader.cookies["__Host-csrf"]}),
        await notifier.colleague(scopes=SCOPES - READER).get("/deliveries"),
    ]

    assert "Présenter de nouveau" not in shown.buttons
    assert "Suspendre les envois de eGEC" not in listed.links
    assert [answer.status_code for answer in answers] == [403] * 4
    assert await notifier.facts.states(person) == ["rejected"]


async def test_mails_are_held_back_and_let_go_after_one_is_asked_once_more(notifier: Notifier) -> None:
    facts, browser = notifier.facts, notifier.colleague()
    listed = await browser.visit(f"/deliveries?portal={PORTAL}")
    path = listed.links["Suspendre les envois de eGEC"]
    asked = await browser.visit(path)

    held = await browser.submit(path, paused="true")
    person = facts.person(PORTAL)
    await facts.asks(person)
    waiting = await browser.visit(f"/deliveries?account={person.id}")
    timeline = await browser.visit(f"/timelines/{person.id}")
    again = await browser.visit(path)
    let_go = await browser.submit(path, paused="false")
    await facts.until_states(person, "sent")

    assert asked.headings == ["Suspendre les envois de eGEC\N{NARROW NO-BREAK SPACE}?"]
    assert "Les envois de eGEC sont suspendus." in held.text
    assert "Reprendre les envois de eGEC" in held.links
    assert "En file Suspendu" in waiting.text
    assert "Les envois de ce portail sont suspendus." in timeline.text
    assert again.buttons[-1] == "Reprendre les envois"
    assert "Les envois de eGEC reprennent." in let_go.text


@pytest.mark.parametrize("path", ["/deliveries/paused/nowhere", f"/deliveries/{NOBODYS}", "/deliveries/nothing"])
async def test_what_is_not_there_is_not_found(notifier: Notifier, path: str) -> None:
    assert (await notifier.colleague().get(path)).status_code == 404
