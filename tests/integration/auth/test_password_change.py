"""Somebody who is signed in chooses another password."""

import asyncio
from itertools import pairwise

import pytest
from pydantic import SecretStr

from services.auth.domain.errors import (
    CredentialsNotRecognised,
    CurrentPasswordWrong,
    NotSignedIn,
    PasswordBlocklisted,
    PasswordChangeNotOffered,
    PasswordUnchanged,
)
from services.auth.domain.sessions import SignedIn
from services.auth.handlers.resume_session import resume_session
from services.auth.handlers.verify_access import verify_access
from shared.access_tokens import TokenNotAccepted
from shared.limits import TooManyRequests
from tests.integration.auth.conftest import Auth
from tests.integration.auth.mailed import EMAIL, OTHER, PASSWORD, Ecocito


@pytest.fixture
def ecocito(at_ecocito: Auth) -> Ecocito:
    return Ecocito(at_ecocito)


async def signed_in(ecocito: Ecocito) -> SignedIn:
    await ecocito.opened()
    return await ecocito.auth.sign_in(EMAIL, PASSWORD)


async def is_accepted(ecocito: Ecocito, token: SecretStr) -> bool:
    try:
        await verify_access(ecocito.auth.deps, token, audience="ecocito")
    except TokenNotAccepted:
        return False
    return True


async def test_the_session_goes_on_under_another_token_and_every_other_ends(ecocito: Ecocito):
    here = await signed_in(ecocito)
    there = await ecocito.auth.sign_in(EMAIL, PASSWORD)
    renewed = await ecocito.change(here.account_id, here.session)

    deps, portal = ecocito.auth.deps, ecocito.auth.portal
    assert (await resume_session(deps, portal, renewed.session)).account_id == here.account_id
    for session in (here.session, there.session):
        with pytest.raises(NotSignedIn):
            await resume_session(deps, portal, session)
    tokens = (renewed.access.value, here.access.value, there.access.value)
    assert [await is_accepted(ecocito, token) for token in tokens] == [True, False, False]
    with pytest.raises(CredentialsNotRecognised):
        await ecocito.auth.sign_in(EMAIL, PASSWORD)
    await ecocito.auth.sign_in(EMAIL, OTHER)


async def test_the_person_is_told_and_so_are_the_other_services(ecocito: Ecocito):
    here = await signed_in(ecocito)
    await ecocito.change(here.account_id, here.session)

    facts = [event["type"].split(".")[2] for event in await ecocito.auth.events()]
    assert facts[-2:] == ["password_changed", "sessions_ended"]
    assert (await ecocito.auth.owner("select action from audit order by seq desc limit 1")) == [
        {"action": "password_changed"}
    ]


async def test_a_program_signs_in_anew(ecocito: Ecocito):
    here = await signed_in(ecocito)

    assert await ecocito.change(here.account_id, None) is None
    assert await ecocito.count("sessions") == 0
    assert not await is_accepted(ecocito, here.access.value)


async def test_whoever_finds_a_browser_open_does_not_find_out_the_password(ecocito: Ecocito):
    here = await signed_in(ecocito)
    for number in range(10):
        with pytest.raises(CurrentPasswordWrong):
            await ecocito.change(here.account_id, here.session, current=f"not this one {number}")
    with pytest.raises(TooManyRequests):
        await ecocito.change(here.account_id, here.session)
    await ecocito.auth.sign_in(EMAIL, PASSWORD)


async def test_a_change_that_succeeds_does_not_count(ecocito: Ecocito):
    here = await signed_in(ecocito)
    session, passwords = here.session, [PASSWORD, OTHER] * 6
    for current, new in pairwise(passwords):
        session = (await ecocito.change(here.account_id, session, current, new)).session


@pytest.mark.parametrize(("new", "why"), [(PASSWORD, PasswordUnchanged), ("CamilleExemple", PasswordBlocklisted)])
async def test_a_password_that_cannot_be_chosen_changes_nothing(ecocito: Ecocito, new: str, why: type[Exception]):
    here = await signed_in(ecocito)
    with pytest.raises(why):
        await ecocito.change(here.account_id, here.session, new=new)
    assert await ecocito.auth.events("password_changed") == []


async def test_of_two_changes_at_once_one_is_made(ecocito: Ecocito):
    here = await signed_in(ecocito)
    changes = [ecocito.change(here.account_id, here.session, new=new) for new in (OTHER, "trois tables noires")]
    results = await asyncio.gather(*changes, return_exceptions=True)

    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert [type(result) for result in results if isinstance(result, BaseException)] == [CurrentPasswordWrong]
    assert await ecocito.count("sessions") == 1


async def test_a_session_that_ended_meanwhile_is_not_brought_back(ecocito: Ecocito):
    here = await signed_in(ecocito)
    await ecocito.auth.owner("delete from sessions")
    with pytest.raises(NotSignedIn):
        await ecocito.change(here.account_id, here.session)
    await ecocito.auth.sign_in(EMAIL, PASSWORD)


async def test_a_temporary_password_gives_way_to_a_chosen_one(hardened: Auth):
    ecocito = Ecocito(hardened.under(online_change=True))
    await ecocito.auth.open()
    await ecocito.auth.activate()
    (temporary,) = await ecocito.auth.mailed_passwords()
    here = await ecocito.auth.sign_in(EMAIL, temporary)
    renewed = await ecocito.change(here.account_id, here.session, current=temporary)

    assert here.must_change_password
    assert not (await resume_session(ecocito.auth.deps, ecocito.auth.portal, renewed.session)).must_change_password
    assert not (await ecocito.auth.sign_in(EMAIL, OTHER)).must_change_password
    with pytest.raises(CredentialsNotRecognised):
        await ecocito.auth.sign_in(EMAIL, temporary)


async def test_s2_8_where_passwords_are_not_changed_online_nobody_does(ecocito: Ecocito):
    here = await signed_in(ecocito)
    elsewhere = Ecocito(ecocito.auth.under(online_change=False))
    with pytest.raises(PasswordChangeNotOffered):
        await elsewhere.change(here.account_id, here.session)


async def test_s1_17_a_stranger_who_asks_for_a_password_restricts_nobody(hardened: Auth):
    person = Ecocito(hardened.under(online_change=True))
    account = await person.auth.open(EMAIL)
    await person.auth.activate(EMAIL)
    [temporary] = await person.auth.mailed_passwords()
    await person.change(account.id, None, temporary, PASSWORD)

    await person.auth.activate(EMAIL)

    assert not (await person.auth.sign_in(EMAIL, PASSWORD)).must_change_password
    *_, newest = await person.auth.mailed_passwords()
    assert (await person.auth.sign_in(EMAIL, newest)).must_change_password
