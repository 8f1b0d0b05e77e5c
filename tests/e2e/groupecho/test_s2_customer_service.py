"""What customer service does in Groupecho's document: codes, shared mailboxes, passwords said on the telephone."""

import re

import pytest

from deploy.local.caught import Caught
from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.user import User, new_user, password_in
from tests.support.waiting import PATIENCE

CODE = re.compile(r"Votre code d’utilisateur\u00a0: (\S+)")
CHECKS = ["full_name", "company", "called_back"]


def code_in(mail: Caught) -> str:
    return next(iter(CODE.findall(mail.text)), "")


async def mail_with_code(groupecho: CustomerPortal, address: str) -> Caught:
    return await groupecho.catcher.wait_for(address, timeout=PATIENCE, accept=lambda mail: bool(code_in(mail)))


async def mailed_code(user: User) -> str:
    return code_in(await mail_with_code(user.portal, user.email))


async def flag(user: User, *, shared: bool = True) -> None:
    answer = await user.portal.desk.request("PUT", f"groupecho/mailboxes/{user.email}/shared", json={"shared": shared})
    assert answer.status_code == 204, answer.text


async def said_on_the_telephone(user: User, checks: list[str]) -> str:
    path = f"groupecho/accounts/{user.id}/verbal-releases"
    answer = await user.portal.desk.request("POST", path, json={"checks": checks})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["password"])


async def test_s2_01_the_code_arrives_first_and_apart_from_the_password(groupecho: CustomerPortal) -> None:
    contact = await new_user(groupecho, contact_person=True)
    address = "dominique.echantillon.s2@example.org"
    people = [{"name": "Dominique Échantillon", "email": address}]
    assert (await groupecho.desk.request_codes("groupecho", contact.id, people)).status_code == 202
    first = await mail_with_code(groupecho, address)
    code = code_in(first)
    assert password_in(first) is None

    await groupecho.browser().submit("/sign-in", login=code, password="", send="yes")
    second = await groupecho.catcher.wait_for(address, timeout=PATIENCE, accept=lambda mail: bool(password_in(mail)))

    assert code not in second.text + second.html + str(second.message["Subject"])
    entered = await groupecho.browser().submit("/sign-in", login=code, password=password_in(second) or "")
    assert "Dominique Échantillon" in entered.text


async def test_s2_05_a_shared_mailbox_is_sent_no_password_and_the_page_tells_nobody(user: User) -> None:
    other = await new_user(user.portal)
    await flag(user)
    pages = [await each.ask() for each in (user, other)]
    assert pages[0].text == pages[1].text

    await other.mailed_password()
    assert (await user.portal.desk.mail_code("groupecho", user.id)).status_code == 202
    await mailed_code(user)
    assert user.passwords() == []


async def test_s2_06_a_request_for_a_shared_mailbox_changes_nothing(user: User) -> None:
    await user.signed_in()
    password = user.passwords()[-1]
    await flag(user)
    await user.ask()

    assert (await user.enter(password, browser=user.portal.browser())).headings[0] == "Mon compte"
    assert (await user.browser.get("/api/v1/me")).status_code == 200, "nor is anybody signed out"


async def test_s2_06_flagging_ends_what_was_mailed_and_not_used(user: User) -> None:
    password = await user.new_password()
    await flag(user)

    assert (await user.enter(password)).status == 401


async def test_s2_07_customer_service_says_the_password_on_the_telephone(user: User) -> None:
    """« Veuillez communiquer avec le service à la clientèle pour l'obtenir verbalement. »"""
    await flag(user)
    password = await said_on_the_telephone(user, CHECKS)

    assert len(password) == 9
    for _ in range(2):  # it lasts until it is replaced
        page = await user.enter(password, browser=user.portal.browser())
        assert page.headings[0] == "Mon compte"
    assert user.passwords() == []


async def test_s2_07_not_before_every_check_was_made(user: User) -> None:
    path = f"groupecho/accounts/{user.id}/verbal-releases"
    answer = await user.portal.desk.request("POST", path, json={"checks": CHECKS[:1]})

    assert (answer.status_code, answer.json()["code"]) == (422, "checks_incomplete")
    assert answer.json()["missing"] == CHECKS[1:]


async def test_s2_07_it_replaces_the_password_before_and_whoever_came_in_by_it_is_out(user: User) -> None:
    await user.signed_in()
    former = user.passwords()[-1]
    password = await said_on_the_telephone(user, CHECKS)

    assert (await user.browser.get("/api/v1/me")).status_code == 401
    statuses = [(await user.enter(each, browser=user.portal.browser())).status for each in (former, password)]
    assert statuses == [401, 200]


async def test_s2_09_the_contact_person_asks_codes_for_new_people(groupecho: CustomerPortal) -> None:
    contact = await new_user(groupecho, contact_person=True)
    people = [{"name": f"Employé Nouveau {n}", "email": f"employe.s2.{n}@example.org"} for n in ("un", "deux")]
    assert (await groupecho.desk.request_codes("groupecho", contact.id, people)).status_code == 202

    codes = []
    for person in people:
        mail = await mail_with_code(groupecho, person["email"])
        assert password_in(mail) is None, "a password only when its person asks for it"
        codes.append(code_in(mail))
    assert len({*codes, contact.code}) == 3


@pytest.mark.parametrize(
    ("contact_person", "people", "refused"),
    [
        (False, [{"name": "Employé Nouveau", "email": "refuse.s2@example.org"}], (403, "not_the_contact_person")),
        (True, [{"name": "Employé Nouveau", "email": "refuse.s2@example.org"}, {"name": "Un Autre"}], None),
        (True, [{"name": "Employé Nouveau", "email": "refuse.s2@example.org"}, {"email": "autre@example.org"}], None),
        (True, [], None),
    ],
    ids=["somebody else", "without an address", "without a name", "nobody"],
)
async def test_s2_09_anyone_else_or_an_incomplete_list_is_refused_and_nothing_created(
    groupecho: CustomerPortal, contact_person: bool, people: list[dict[str, str]], refused: tuple[int, str] | None
) -> None:
    asking = await new_user(groupecho, contact_person=contact_person)
    answer = await groupecho.desk.request_codes("groupecho", asking.id, people)

    assert (answer.status_code, refusal(answer).code) == (refused or (422, "people_incomplete"))
    found = await groupecho.desk.request("GET", "groupecho/accounts", params={"q": "refuse.s2@example.org"})
    assert found.json()["items"] == []


async def test_s2_10_a_lost_code_is_mailed_by_customer_service_even_to_a_shared_mailbox(user: User) -> None:
    """« COMMUNIQUEZ avec le service à la clientèle, il vous sera envoyé par courriel. »"""
    await flag(user)
    assert (await user.portal.desk.mail_code("groupecho", user.id)).status_code == 202

    assert await mailed_code(user) == user.code


async def test_s2_10_nobody_gets_a_code_by_themselves(user: User) -> None:
    """What asks for a password by the address brings a password, and no code."""
    assert (await user.browser.post("/api/v1/activations", {"email": user.email})).status_code == 202
    await user.mailed_password()

    assert not any(user.code in mail.text + mail.html for mail in user.portal.catcher.messages(user.email))
    help_page = await user.browser.visit("/help")
    assert "COMMUNIQUEZ avec le service à la clientèle, il vous sera envoyé par courriel." in help_page.text
