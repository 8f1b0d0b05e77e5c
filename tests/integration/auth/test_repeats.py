"""Idempotency-Key: done once, answered twice."""

import asyncio

import pytest

from services.auth.domain.names import SubmittedName
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from shared.idempotency import AlreadyAnswered, Answer, Claim, KeptAnswers, KeyReused, Once, StillAnswering, claim
from tests.integration.auth.conftest import HERE, Auth

ACCEPTED = Answer(202, b'{"status":"accepted"}')


def claimed(key: str = "c0ffee", body: bytes = b"{}", **changes: str) -> Claim:
    given = {"portal": "egec", "caller": "anyone", "route": "POST /api/v1/activations", **changes}
    return claim(**given, key=key, body=body)


@pytest.fixture
def answers(auth: Auth) -> KeptAnswers:
    return KeptAnswers(auth.deps.db)


async def test_a_repeat_gets_the_same_answer(answers: KeptAnswers):
    first = claimed()
    assert await answers.take(first) is None
    await answers.keep(first, ACCEPTED)

    assert await answers.take(claimed()) == ACCEPTED


async def test_the_same_key_with_another_body_is_refused(answers: KeptAnswers):
    first = claimed()
    await answers.take(first)
    await answers.keep(first, ACCEPTED)

    with pytest.raises(KeyReused):
        await answers.take(claimed(body=b'{"email":"x"}'))


async def test_keys_of_other_callers_routes_and_portals_are_other_keys(answers: KeptAnswers):
    await answers.take(claimed())
    for change in ({"caller": "client 1"}, {"route": "POST /elsewhere"}, {"portal": "other"}, {"key": "c0ffef"}):
        assert await answers.take(claimed(**change)) is None


async def test_an_answer_that_held_a_secret_is_not_given_again(answers: KeptAnswers):
    first = claimed()
    await answers.take(first)
    await answers.keep(first, Answer(201, None))

    with pytest.raises(AlreadyAnswered):
        await answers.take(claimed())


async def test_of_two_at_once_one_does_the_work(answers: KeptAnswers):
    outcomes = await asyncio.gather(*(answers.take(claimed()) for _ in range(5)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, StillAnswering) for outcome in outcomes) == 4


async def test_what_was_given_up_is_done_anew(answers: KeptAnswers):
    first = claimed()
    await answers.take(first)
    await answers.give_up(first)

    assert await answers.take(claimed()) is None


@pytest.mark.parametrize(("age", "answered"), [("2 minutes", False), ("25 hours", True)])
async def test_a_claim_nobody_answers_and_an_answer_of_yesterday_are_forgotten(
    auth: Auth, answers: KeptAnswers, age: str, answered: bool
):
    first = claimed()
    await answers.take(first)
    if answered:
        await answers.keep(first, ACCEPTED)
    await auth.owner(f"update idempotency_answers set claimed_at = now() - interval '{age}'")  # noqa: S608

    assert await answers.take(claimed(body=b"another")) is None


async def test_the_answer_is_kept_with_the_work_so_that_a_crash_between_them_doubles_nothing(
    auth: Auth, answers: KeptAnswers
):
    await auth.open()
    first = claimed()
    await answers.take(first)
    command = RegeneratePassword(auth.portal, SubmittedName("email", "camille@example.org"), HERE)
    await regenerate_password(auth.deps, command, Once(first, lambda _: ACCEPTED))

    await answers.give_up(first)  # what an edge does that saw nothing but a broken connection
    assert await answers.take(claimed()) == ACCEPTED


async def test_a_request_that_was_overtaken_neither_answers_nor_does_its_work(auth: Auth, answers: KeptAnswers):
    await auth.open()
    slow, overtaking = claimed(), claimed()
    await answers.take(slow)
    await auth.owner("update idempotency_answers set claimed_at = now() - interval '2 minutes'")
    await answers.take(overtaking)

    command = RegeneratePassword(auth.portal, SubmittedName("email", "camille@example.org"), HERE)
    with pytest.raises(StillAnswering):
        await regenerate_password(auth.deps, command, Once(slow, lambda _: ACCEPTED))
    await answers.keep(slow, Answer(503, b""))
    await answers.give_up(slow)

    assert await auth.events("password_regenerated") == []
    with pytest.raises(StillAnswering):
        await answers.take(claimed())
    await answers.keep(overtaking, ACCEPTED)
    assert await answers.take(claimed()) == ACCEPTED


async def test_neither_key_nor_body_is_kept(auth: Auth, answers: KeptAnswers):
    await answers.take(claimed("fG69a*6jH", b"fG69a*6jH"))

    (kept,) = await auth.owner("select digest || fingerprint as both from idempotency_answers")
    assert b"fG69a" not in kept["both"]
