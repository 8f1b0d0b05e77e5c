"""B3: a password said on the telephone: after the portal's checks, once, soon to be used, and told of by mail."""

import asyncpg
import pytest

from deploy.local.caught import Caught
from shared.events import PasswordReleasedVerbally
from shared.events.topics import Topic
from tests.support.customer_portal import CustomerPortal, Refused, refusal
from tests.support.topic import of_type, read_topic
from tests.support.user import User, new_user
from tests.support.waiting import until
from tests.support.world import World

CHECKS = ["full_name", "company", "called_back"]
TOLD = "vient d’être donné de vive voix"


@pytest.fixture
def groupecho(world: World) -> CustomerPortal:
    return world.portal("groupecho")


async def said(user: User) -> str:
    """What the member of staff says on the telephone."""
    answer = await user.portal.desk.release_verbally("groupecho", user.id, CHECKS)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["password"])


def about_the_release(mail: Caught) -> bool:
    return TOLD in mail.text


async def test_b3_the_password_that_was_said_opens_the_account_and_lasts(
    world: World, groupecho: CustomerPortal
) -> None:
    user = await new_user(groupecho)
    password = await said(user)
    assert (await user.enter(password)).headings[0] == "Mon compte"

    await let_half_an_hour_pass(world, user)
    assert (await user.enter(password, browser=groupecho.browser())).headings[0] == "Mon compte"


async def test_b3_used_too_late_it_opens_nothing(world: World, groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    password = await said(user)
    await let_half_an_hour_pass(world, user)

    assert (await user.enter(password)).status == 401


async def test_b3_the_person_is_told_without_the_password(world: World, groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    password = await said(user)
    mail = await user.mail(about_the_release)

    assert password not in mail.raw.decode(errors="replace")
    assert "Ce courriel ne contient aucun mot de passe." in mail.text
    facts = of_type(await read_topic(world.kafka, Topic.ACCOUNTS), PasswordReleasedVerbally)
    (fact,) = [fact for fact in facts if str(fact.key) == user.id]
    assert fact.value is not None
    assert password.encode() not in fact.value


async def test_b3_at_a_shared_mailbox_nobody_reads_of_it_and_the_password_works(
    world: World, groupecho: CustomerPortal
) -> None:
    user = await new_user(groupecho)
    await groupecho.desk.flag_mailbox("groupecho", user.email)
    password = await said(user)

    async def withheld() -> bool:
        rows = await world.in_notifier("select mail, state from deliveries where account_id = $1", user.id)
        return [(row["mail"], row["state"]) for row in rows] == [("password_released_verbally", "withheld")]

    await until(withheld)
    assert groupecho.catcher.messages(user.email) == []
    assert (await user.enter(password)).headings[0] == "Mon compte"


async def test_b3_it_ends_what_opened_the_account_before_and_whoever_is_in(groupecho: CustomerPortal) -> None:
    user = await (await new_user(groupecho)).signed_in()
    (former,) = user.passwords()
    password = await said(user)

    assert (await user.browser.get("/api/v1/me")).status_code == 401
    pages = [await user.enter(each, browser=groupecho.browser()) for each in (former, password)]
    assert [page.status for page in pages] == [401, 200]


async def test_b3_it_supersedes_the_mail_that_waits(world: World, groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    await world.notifier.stop()
    await user.ask()
    password = await said(user)
    await until(world.outbox_empty)
    await world.notifier.start()
    await user.mail(about_the_release)

    (row,) = await world.in_notifier(
        "select state from deliveries where account_id = $1 and mail = 'password_regenerated'", user.id
    )
    assert row["state"] == "superseded"
    assert user.passwords() == []
    assert (await user.enter(password)).headings[0] == "Mon compte"


async def test_b3_without_every_check_it_is_not_said_and_three_times_a_day_at_most(groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    incomplete = await groupecho.desk.release_verbally("groupecho", user.id, CHECKS[:1])
    assert (incomplete.status_code, refusal(incomplete).code) == (422, "checks_incomplete")
    assert incomplete.json()["missing"] == CHECKS[1:]

    answers = [await groupecho.desk.release_verbally("groupecho", user.id, CHECKS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert "retry-after" in answers[-1].headers
    assert (await user.enter(answers[2].json()["password"])).headings[0] == "Mon compte"


async def test_b3_where_people_choose_their_passwords_it_opens_only_that_choice(world: World) -> None:
    default = world.portal("default")
    customer = await default.customer()
    account = await default.desk.account_id("default", customer.identifier)
    checks = ["full_name", "postal_address", "last_invoice"]
    answer = await default.desk.release_verbally("default", account, checks)
    assert answer.status_code == 201, answer.text
    password, chosen = answer.json()["password"], "une grenouille dort sous le pont"

    browser = default.browser()
    opened = await browser.post("/api/v1/sessions", {"login": customer.email, "password": password})
    assert (opened.status_code, opened.json()["must_change_password"]) == (201, True)
    assert (await browser.get("/api/v1/me")).json()["code"] == "password_must_be_changed"
    changed = await browser.request("PUT", "/api/v1/me/password", json={"current": password, "new": chosen})
    assert changed.status_code == 204, changed.text
    assert await default.sign_in(customer, password) == Refused("credentials_not_recognised")
    again = await default.browser().post("/api/v1/sessions", {"login": customer.email, "password": chosen})
    assert (again.status_code, again.json()["must_change_password"]) == (201, False)


async def test_b3_where_the_portal_says_none_none_is_said(world: World) -> None:
    egec = world.portal("egec")
    account = await egec.desk.account_id("egec", (await egec.customer()).identifier)
    answer = await egec.desk.release_verbally("egec", account, CHECKS)

    assert (answer.status_code, refusal(answer).code) == (403, "verbal_release_not_offered")


async def let_half_an_hour_pass(world: World, user: User) -> None:
    """By the database's clock, for the password of one account."""
    connection = await asyncpg.connect(world.auth_database.owner_url)
    await connection.execute(
        "update credentials set use_until = use_until - interval '30 min' where account_id = $1", user.id
    )
    await connection.close()
