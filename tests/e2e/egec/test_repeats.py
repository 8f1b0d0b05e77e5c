"""A repeat with the same `Idempotency-Key`: the same answer, one mail, and nothing secret kept to answer with."""

import asyncio
from uuid import uuid4

from tests.support.canary import disguises
from tests.support.customer_portal import CustomerPortal, SignedIn, refusal
from tests.support.world import World


async def test_a_repeated_activation_gets_the_same_answer_and_one_mail(
    shared_world: World, egec: CustomerPortal
) -> None:
    customer, key, browser = await egec.customer(), uuid4().hex, egec.browser()
    answers = [await egec.ask(customer.email, browser=browser, key=key) for _ in range(3)]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b'{"status":"accepted"}')}
    (delivery,) = await shared_world.settled(customer, 1)
    mail = await egec.mail(customer)
    assert mail.id.startswith(f"<{delivery['id'].hex}")
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer)


async def test_repeats_at_once_bring_one_mail(shared_world: World, egec: CustomerPortal) -> None:
    customer, key, browser = await egec.customer(), uuid4().hex, egec.browser()
    answers = await asyncio.gather(*(egec.ask(customer.email, browser=browser, key=key) for _ in range(4)))

    assert 202 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {202, 409}
    await shared_world.settled(customer, 1)


async def test_the_same_key_with_another_body_is_refused(egec: CustomerPortal) -> None:
    one, other = await egec.customers({}, {})
    key, browser = uuid4().hex, egec.browser()
    await egec.ask(one.email, browser=browser, key=key)

    answer = await egec.ask(other.email, browser=browser, key=key)
    assert (answer.status_code, refusal(answer).code) == (422, "idempotency_key_reused")
    assert egec.catcher.messages(other.email) == []


async def test_no_kept_answer_holds_a_secret(shared_world: World, egec: CustomerPortal) -> None:
    """Signing in and tokens for machines ignore the key: each repeat is a new session, and none is written down."""
    customer, key = await egec.customer(), uuid4().hex
    password = (await egec.activate(customer)).password
    headers = {"idempotency-key": key}
    given = {"login": customer.identifier, "password": password}

    answers = [await egec.browser().post("/api/v1/sessions", given, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    tokens = [answer.json()["access_token"] for answer in answers]
    assert tokens[0] != tokens[1]
    kept = b"".join(row["body"] or b"" for row in await shared_world.in_auth("select body from idempotency_answers"))
    assert kept, "the desk's and the customers' other answers are kept"
    for secret in (password, *tokens):
        assert not any(disguise in kept for disguise in disguises(secret))
