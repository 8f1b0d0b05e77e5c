"""B11: an account is closed because an employee leaves, and opened again."""

import asyncio

import pytest

from shared.events import AccountClosed, AccountReopened, MailCancelled
from shared.events.topics import Topic
from tests.support.command import guichet
from tests.support.customer_portal import CustomerPortal
from tests.support.holder import Holder, new_holder
from tests.support.topic import of_type, read_topic
from tests.support.user import User, new_user
from tests.support.waiting import until
from tests.support.world import World

WITHIN = 5.0  # seconds until every service refuses the tokens of a closed account


@pytest.fixture
def groupecho(world: World) -> CustomerPortal:
    return world.portal("groupecho")


async def close(user: User | Holder) -> None:
    answer = await user.portal.desk.close(user.portal.name, user.id)
    assert answer.status_code == 200, answer.text
    assert answer.json()["closed_at"] is not None


async def reopen(user: User | Holder) -> None:
    answer = await user.portal.desk.reopen(user.portal.name, user.id)
    assert answer.status_code == 200, answer.text
    assert answer.json()["closed_at"] is None


async def test_b11_a_closed_account_signs_nobody_in_and_shows_everybody_out(groupecho: CustomerPortal) -> None:
    user = await (await new_user(groupecho)).signed_in()
    (password,) = user.passwords()
    await close(user)

    assert (await user.browser.get("/api/v1/me")).status_code == 401
    assert (await user.enter(password, browser=groupecho.browser())).status == 401


async def test_b11_tokens_are_refused_everywhere_within_five_seconds(world: World) -> None:
    holder = await new_holder(world.portal("ecocito"))
    contract = await holder.linked()
    token = (await holder.browser.post("/api/v1/sessions/current/refresh")).json()["access_token"]
    stranger = holder.portal.browser()
    bearer = {"authorization": f"Bearer {token}"}
    assert (await stranger.get("/api/v1/contracts", headers=bearer)).status_code == 200
    await close(holder)

    assert (await stranger.get("/api/v1/me", headers=bearer)).status_code == 401

    async def refused() -> bool:
        return (await stranger.get("/api/v1/contracts", headers=bearer)).status_code == 401

    await until(refused, WITHIN)

    async def desk_is_told() -> bool:
        return (await holder.portal.desk.link(contract, holder.id)).json()["code"] == "account_is_closed"

    await until(desk_is_told)


async def test_b11_no_mail_goes_to_it_not_even_those_that_wait(world: World, groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    await world.notifier.stop()
    await user.ask()
    assert (await groupecho.desk.mail_code("groupecho", user.id)).status_code == 202
    await close(user)
    asked = await user.ask()
    await until(world.outbox_empty)
    await world.notifier.start()

    async def cancelled() -> bool:
        rows = await world.in_notifier("select state from deliveries where account_id = $1", user.id)
        return [row["state"] for row in rows] == ["cancelled", "cancelled"]

    await until(cancelled)
    assert asked.status == 200, "nobody is told what became of an account"
    assert groupecho.catcher.messages(user.email) == []

    async def told() -> bool:
        facts = of_type(await read_topic(world.kafka, Topic.NOTIFICATIONS), MailCancelled)
        return len([fact for fact in facts if str(fact.key) == user.id]) == 2

    await until(told)


async def test_b11_reopened_it_opens_with_the_password_that_was_in_use(groupecho: CustomerPortal) -> None:
    user = await (await new_user(groupecho)).signed_in()
    (password,) = user.passwords()
    await close(user)
    await reopen(user)

    assert (await user.enter(password, browser=groupecho.browser())).headings[0] == "Mon compte"


async def test_b11_reopened_it_does_not_open_with_one_that_was_only_mailed(groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    mailed = await user.new_password()
    await close(user)
    await reopen(user)

    assert (await user.enter(mailed)).status == 401
    assert (await user.enter(await user.new_password())).headings[0] == "Mon compte"


async def test_b11_reopened_it_gets_mail_again(world: World, groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho)
    for _ in range(3):
        await close(user)
        await reopen(user)

    assert len(await user.new_password()) == 9
    facts = [message.event for message in await read_topic(world.kafka, Topic.ACCOUNTS) if str(message.key) == user.id]
    told = [type(fact) for fact in facts if isinstance(fact, AccountClosed | AccountReopened)]
    assert told == [AccountClosed, AccountReopened] * 3


async def test_b11_a_closing_and_requests_at_once_leave_nothing_that_opens(
    world: World, groupecho: CustomerPortal
) -> None:
    users = [await new_user(groupecho) for _ in range(4)]
    await asyncio.gather(*(step for user in users for step in (user.ask(), close(user))))
    await until(world.outbox_empty)

    async def nothing_waits() -> bool:
        return await world.in_notifier("select from deliveries where due_at is not null") == []

    await until(nothing_waits)
    for user in users:
        await reopen(user)
        before = user.passwords()
        assert (await user.enter(await user.new_password())).headings[0] == "Mon compte"
        for password in before:
            assert (await user.enter(password, browser=groupecho.browser())).status == 401


async def test_b11_the_operator_closes_and_reopens_by_a_command(world: World, groupecho: CustomerPortal) -> None:
    user = await (await new_user(groupecho)).signed_in()
    environment = world.auth.environment
    closed = await guichet("accounts", "close", "groupecho", user.code, environment=environment)
    again = await guichet("accounts", "close", "groupecho", user.id, environment=environment)
    assert (closed.out, again.out) == (f"{user.code}: closed\n", f"{user.id}: was closed already\n")
    assert (await user.browser.get("/api/v1/me")).status_code == 401

    reopened = await guichet("accounts", "reopen", "groupecho", user.id, environment=environment)
    assert reopened.out == f"{user.id}: open again\n"
    assert (await user.enter(user.passwords()[-1])).headings[0] == "Mon compte"
    nobody = await guichet("accounts", "close", "groupecho", "Personne1", environment=environment)
    assert (nobody.status, nobody.err) == (1, "guichet: portal groupecho has no account 'Personne1'\n")
