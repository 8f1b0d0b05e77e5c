"""A forgotten password: a link by mail, one use, 30 minutes; and what becomes of it when something else happens."""

import asyncio

import pytest

from services.auth.domain.errors import CredentialsNotRecognised, TokenExpired, TokenUsed
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from shared.limits import TooManyRequests
from tests.integration.auth.conftest import DESK, Auth
from tests.integration.auth.mailed import EMAIL, OTHER, PASSWORD, Ecocito
from tests.integration.auth.test_neutral_answers import watching_statements


@pytest.fixture
def ecocito(at_ecocito: Auth) -> Ecocito:
    return Ecocito(at_ecocito)


async def asked(ecocito: Ecocito) -> str:
    """The token of a link for somebody who has an account."""
    await ecocito.opened()
    await ecocito.ask_reset()
    return await ecocito.token("reset_requested")


async def test_the_chosen_password_replaces_the_forgotten_one_ends_every_session_and_the_person_is_told(
    ecocito: Ecocito,
):
    account = await ecocito.opened()
    await ecocito.auth.sign_in(EMAIL, PASSWORD)
    await ecocito.ask_reset()
    await ecocito.confirm_reset(await ecocito.token("reset_requested"))

    assert await ecocito.count("sessions") == 0
    with pytest.raises(CredentialsNotRecognised):
        await ecocito.auth.sign_in(EMAIL, PASSWORD)
    assert (await ecocito.auth.sign_in(EMAIL, OTHER)).account_id == account.id
    facts = [event["type"].split(".")[2] for event in await ecocito.auth.events()]
    assert facts[-3:] == ["reset_requested", "password_changed", "sessions_ended"]


async def test_asking_for_a_link_changes_nothing(ecocito: Ecocito):
    await asked(ecocito)

    await ecocito.auth.sign_in(EMAIL, PASSWORD)
    assert await ecocito.count("sessions") == 1


async def test_a_link_works_once_and_ends_the_others_of_the_account(ecocito: Ecocito):
    first = await asked(ecocito)
    await ecocito.ask_reset()
    second = await ecocito.token("reset_requested")
    await ecocito.confirm_reset(first)

    for token in (first, second):
        with pytest.raises(TokenUsed):
            await ecocito.confirm_reset(token, "trois tables noires")


async def test_of_many_confirmations_at_once_one_chooses_the_password(ecocito: Ecocito):
    tokens = [await asked(ecocito)]
    await ecocito.ask_reset()
    tokens.append(await ecocito.token("reset_requested"))
    results = await asyncio.gather(*(ecocito.confirm_reset(token) for token in tokens * 3), return_exceptions=True)

    assert results.count(None) == 1
    assert len(await ecocito.auth.events("password_changed")) == 1


@pytest.mark.parametrize(
    "happened",
    [
        "update resets set expires_at = now()",
        "update accounts set closed_at = now()",
        "update accounts set mailbox_shared = true",
        "update accounts set email = 'new@example.org', email_folded = 'new@example.org'",
    ],
)
async def test_a_link_leads_nowhere_once_it_is_late_or_its_address_no_longer_the_persons_alone(
    ecocito: Ecocito, happened: str
):
    token = await asked(ecocito)
    await ecocito.auth.owner(happened)
    with pytest.raises(TokenExpired):
        await ecocito.confirm_reset(token)
    assert await ecocito.auth.events("password_changed") == []


async def test_a_changed_password_ends_the_links_that_are_still_under_way(ecocito: Ecocito):
    token = await asked(ecocito)
    signed_in = await ecocito.auth.sign_in(EMAIL, PASSWORD)
    await ecocito.change(signed_in.account_id, signed_in.session)

    with pytest.raises(TokenUsed):
        await ecocito.confirm_reset(token, "trois tables noires")


async def test_whoever_signs_in_by_the_old_password_meanwhile_is_not_signed_in_afterwards(ecocito: Ecocito):
    token = await asked(ecocito)
    await asyncio.gather(
        *(ecocito.auth.sign_in(EMAIL, PASSWORD) for _ in range(5)),
        ecocito.confirm_reset(token),
        *(ecocito.auth.sign_in(EMAIL, PASSWORD) for _ in range(5)),
        return_exceptions=True,
    )

    assert await ecocito.count("sessions") == 0
    await ecocito.auth.sign_in(EMAIL, OTHER)


async def test_the_desk_has_a_link_mailed_where_people_choose_their_passwords(ecocito: Ecocito):
    account = await ecocito.opened()
    await request_activation(ecocito.auth.deps, RequestActivation(ecocito.auth.portal, DESK, account.id))

    await ecocito.confirm_reset(await ecocito.token("reset_requested"))
    assert await ecocito.auth.events("password_regenerated") == []


async def test_an_unknown_a_shared_and_an_ambiguous_address_cause_the_statements_of_a_known_one(ecocito: Ecocito):
    await ecocito.opened()
    await ecocito.auth.open("shared@example.org", mailbox_shared=True)
    for _ in range(2):
        await ecocito.auth.open("several@example.org")
    done = []
    async with watching_statements(ecocito.auth) as (watched, work):
        await Ecocito(watched).ask_reset("first@example.org")  # the driver looks up types once for each connection
        for name in ("camille", "nobody", "shared", "several"):
            work.take()
            await Ecocito(watched).ask_reset(f"{name}@example.org")
            done.append(work.take()[0])

    assert done[0] == done[1] == done[2] == done[3]
    assert len(await ecocito.mails("reset_requested")) == 1
    assert len(await ecocito.auth.events("activation_matched_several")) == 1


async def test_an_unknown_address_writes_rows_of_the_same_size(ecocito: Ecocito):
    await ecocito.opened()
    await ecocito.auth.owner("delete from outbox")
    await ecocito.ask_reset()
    await ecocito.ask_reset("0123456@example.org")
    for decoy, real in {"decoy_resets": "resets", "decoy_events": "outbox"}.items():
        sizes = [
            await ecocito.auth.owner(f"select count(*) from {table}")  # noqa: S608
            for table in (real, decoy)
        ]
        assert sizes[0] == sizes[1] == [{"count": 1}], decoy


async def test_links_are_limited_by_name_whether_it_is_known_or_not(ecocito: Ecocito):
    await ecocito.opened()
    for email in (EMAIL, "nobody@example.org"):
        for _ in range(5):
            await ecocito.ask_reset(email)
        with pytest.raises(TooManyRequests):
            await ecocito.ask_reset(email)
