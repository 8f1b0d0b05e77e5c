"""Groupecho's codes: they arrive first and apart from the password; new employees get theirs through their contact
person (S2.9), a lost one comes again by mail (S2.10)."""

import itertools
from collections.abc import Mapping

import pytest

from deploy.local.caught import Caught
from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.user import PASSWORD, User, new_user
from tests.support.waiting import PATIENCE
from tests.support.world import World

CODE = "Votre code d’utilisateur\u00a0: "

_employees = itertools.count(1)


def employee(**differs: str) -> dict[str, str]:
    number = next(_employees)
    return {"name": f"Alex Modèle {number}", "email": f"employe.{number}@example.org", **differs}


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world


async def contact_person(groupecho: CustomerPortal) -> User:
    return await new_user(groupecho, contact_person=True, services=["catalogue", "collection"], language="fr")


async def mailed_code(groupecho: CustomerPortal, email: str) -> Caught:
    return await groupecho.catcher.wait_for(email, timeout=PATIENCE, accept=lambda mail: CODE in mail.text)


def code_in(mail: Caught) -> str:
    return mail.text.split(CODE)[1].split()[0]


async def as_user(groupecho: CustomerPortal, person: Mapping[str, str]) -> User:
    """The new employee at a machine of their own, with the code they were mailed."""
    code = code_in(await mailed_code(groupecho, person["email"]))
    found = await groupecho.desk.request("GET", "groupecho/accounts", params={"q": person["email"]})
    (account,) = found.json()["items"]
    assert account["identifier"] == code
    return User(account["id"], code, person["email"], groupecho.browser(), groupecho)


async def test_s2_01_the_code_arrives_first_and_apart_from_the_password(groupecho: CustomerPortal, user: User) -> None:
    assert (await groupecho.desk.mail_code("groupecho", user.id)).status_code == 202
    mail = await mailed_code(groupecho, user.email)

    assert code_in(mail) == user.code
    assert PASSWORD.search(mail.text) is None
    assert "Ce courriel ne contient aucun mot de passe." in mail.text
    await user.ask()
    with_password = await user.mail(lambda mail: PASSWORD.search(mail.text.replace("\r\n", "\n")) is not None)
    assert user.code not in with_password.text


async def test_s2_09_new_employees_get_their_codes_at_once_and_a_password_when_they_ask(
    groupecho: CustomerPortal,
) -> None:
    asking, people = await contact_person(groupecho), [employee(), employee()]
    answer = await groupecho.desk.request_codes("groupecho", asking.id, people)
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})

    for person in people:
        user = await as_user(groupecho, person)
        assert user.passwords() == []
        page = await user.enter(await user.new_password())
        assert person["name"] in page.text
        me = (await user.browser.get("/api/v1/me")).json()
        assert (me["language"], me["services"]) == ("fr", ["catalogue", "collection"])


async def test_s2_09_only_the_contact_person_asks(groupecho: CustomerPortal, user: User, world: World) -> None:
    person = employee()
    answer = await groupecho.desk.request_codes("groupecho", user.id, [person])

    assert (answer.status_code, refusal(answer).code) == (403, "not_the_contact_person")
    assert await world.in_auth("select from accounts where email = $1", person["email"]) == []


@pytest.mark.parametrize("incomplete", [{"email": ""}, {"name": ""}, {"name": "Alex"}, {"email": "alex"}])
async def test_s2_09_one_who_is_incomplete_and_nobody_is_created(
    groupecho: CustomerPortal, world: World, incomplete: dict[str, str]
) -> None:
    asking, people = await contact_person(groupecho), [employee(), employee(**incomplete), employee()]
    answer = await groupecho.desk.request_codes("groupecho", asking.id, people)

    assert (answer.status_code, refusal(answer).code) == (422, "people_incomplete")
    (field,) = incomplete
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/people/1/{field}"]
    addresses = [person["email"] for person in people if person["email"]]
    assert await world.in_auth("select from accounts where email = any($1::text[])", addresses) == []


async def test_s2_10_a_lost_code_comes_again_to_a_shared_mailbox_too(groupecho: CustomerPortal, user: User) -> None:
    await groupecho.desk.flag_mailbox("groupecho", user.email)
    for _ in range(2):
        assert (await groupecho.desk.mail_code("groupecho", user.id)).status_code == 202

    assert code_in(await mailed_code(groupecho, user.email)) == user.code
    assert user.passwords() == []


async def test_s2_10_nobody_gets_a_code_by_themselves(groupecho: CustomerPortal, user: User) -> None:
    """Neither the pages nor the customers' API have a way to it."""
    answers = [
        await user.browser.post(path, {"email": user.email})
        for path in ("/api/v1/code-mails", f"/api/v1/portals/groupecho/accounts/{user.id}/code-mails")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
