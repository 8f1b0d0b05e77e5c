"""Signing in, staying signed in, signing out."""

import asyncio
import json
from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.auth.domain.errors import CredentialsNotRecognised, NotSignedIn
from services.auth.handlers.refresh_access import refresh_access
from services.auth.handlers.resume_session import resume_session
from services.auth.handlers.sign_out import sign_out, sign_out_everywhere
from services.auth.handlers.verify_access import verify_access
from services.auth.hasher import CALLS
from shared.access_tokens import DESK, TokenNotAccepted
from shared.clients import ClientAddress
from shared.limits import TooManyRequests, spend
from tests.integration.auth.conftest import ELSEWHERE, HERE, Auth

WRONG = "fG69a*6jX"


async def activated(auth: Auth) -> tuple[str, str]:
    customer = await auth.open()
    await auth.activate()
    return customer.identifier, (await auth.mailed_passwords())[-1]


async def fail(auth: Auth, login: str, times: int, client: ClientAddress = HERE) -> None:
    for _ in range(times):
        with pytest.raises(CredentialsNotRecognised):
            await auth.sign_in(login, WRONG, client)


async def test_s1_16_blanks_around_identifier_and_password_are_forgiven_and_case_is_not(auth: Auth):
    login, password = await activated(auth)

    await auth.sign_in(f"\u00a0{login}\r\n", f" {password}\u202f\n")
    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(login, password.swapcase())


async def test_whatever_is_typed_gets_the_one_refusal(auth: Auth):
    login, _ = await activated(auth)
    for name, password in [("", ""), ("\0", "\0"), ("\ud800", "\udc00"), ("x" * 5000, "x" * 5000), (login, "")]:
        with pytest.raises(CredentialsNotRecognised):
            await auth.sign_in(name, password)


async def test_what_is_no_name_to_sign_in_with_here_is_not_recognised(auth: Auth):
    _, password = await activated(auth)

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in("camille@example.org", password)


async def test_s1_17_a_stranger_with_ten_wrong_passwords_keeps_only_himself_out(auth: Auth):
    login, password = await activated(auth)
    await fail(auth, login, 10, ELSEWHERE)

    with pytest.raises(TooManyRequests):
        await auth.sign_in(login, password, ELSEWHERE)
    await auth.sign_in(login, password, HERE)


async def test_a_limited_sign_in_runs_no_argon2(auth: Auth):
    login, _ = await activated(auth)
    await fail(auth, login, 10)
    before = CALLS.labels("verify")._value.get()

    with pytest.raises(TooManyRequests):
        await auth.sign_in(login, WRONG)
    assert CALLS.labels("verify")._value.get() == before


async def test_tries_at_once_are_counted_one_by_one(auth: Auth):
    login, _ = await activated(auth)
    outcomes = await asyncio.gather(*(auth.sign_in(login, WRONG) for _ in range(15)), return_exceptions=True)

    assert (
        sorted(type(outcome).__name__ for outcome in outcomes)
        == ["CredentialsNotRecognised"] * 10 + ["TooManyRequests"] * 5
    )


async def test_names_nobody_has_are_limited_alike(auth: Auth):
    await fail(auth, "9999999999", 10)

    with pytest.raises(TooManyRequests):
        await auth.sign_in("9999999999", WRONG)


async def test_signing_in_does_not_count_as_failing(auth: Auth):
    login, password = await activated(auth)
    for _ in range(12):
        await auth.sign_in(login, password)


async def test_over_all_addresses_a_hundred_failures_an_hour_are_enough_but_for_a_known_browser(auth: Auth):
    login, password = await activated(auth)
    browser = (await auth.sign_in(login, password)).browser
    for _ in range(100):  # from a hundred addresses; counted without waiting for Argon2
        await spend(auth.deps.db, auth.portal.limits.failed_sign_ins_per_name, "sign_in", auth.portal.name, login)

    with pytest.raises(TooManyRequests):
        await auth.sign_in(login, password, ELSEWHERE)
    with pytest.raises(TooManyRequests):
        await auth.sign_in(login, password, ELSEWHERE, SecretStr("a-browser-nobody-knows"))
    assert (await auth.sign_in(login, password, ELSEWHERE, browser)).browser == browser


async def test_a_browser_token_that_is_not_ours_is_not_kept(auth: Auth):
    login, password = await activated(auth)
    planted = SecretStr("a-browser-nobody-knows")
    given = (await auth.sign_in(login, password, browser=planted)).browser

    assert given != planted
    assert (await auth.sign_in(login, password, browser=given)).browser == given


async def test_a_closed_account_signs_nobody_in(auth: Auth):
    login, password = await activated(auth)
    session = (await auth.sign_in(login, password)).session
    await auth.owner("update accounts set closed_at = now()")

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(login, password)
    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal, session)


async def test_an_expired_password_signs_nobody_in(auth: Auth):
    login, password = await activated(auth)
    await auth.owner("update credentials set expires_at = now()")

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(login, password)


async def test_a_session_shows_whose_it_is_on_its_own_portal_only(auth: Auth):
    login, password = await activated(auth)
    session = (await auth.sign_in(login, password)).session

    resumed = await resume_session(auth.deps, auth.portal, session)
    assert (resumed.identifier, resumed.name, resumed.must_change_password) == (login, "Camille Exemple", False)
    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal.model_copy(update={"name": "other"}), session)


async def test_what_a_stolen_database_holds_opens_no_session(auth: Auth):
    login, password = await activated(auth)
    signed_in = await auth.sign_in(login, password)
    kept = json.dumps(await auth.owner("select * from sessions"), default=str) + json.dumps(
        await auth.owner("select * from known_browsers"), default=str
    )

    assert signed_in.session.get_secret_value() not in kept
    assert signed_in.browser.get_secret_value() not in kept


@pytest.mark.parametrize(("column", "age"), [("seen_at", "31 minutes"), ("created_at", "13 hours")])
async def test_a_session_ends_when_it_is_idle_or_old(auth: Auth, column: str, age: str):
    login, password = await activated(auth)
    session = (await auth.sign_in(login, password)).session
    await auth.owner(f"update sessions set {column} = now() - interval '{age}'")  # noqa: S608

    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal, session)
    with pytest.raises(NotSignedIn):
        await refresh_access(auth.deps, auth.portal, session)


async def test_being_used_keeps_a_session_from_being_idle(auth: Auth):
    login, password = await activated(auth)
    session = (await auth.sign_in(login, password)).session
    await auth.owner("update sessions set seen_at = now() - interval '29 minutes'")
    await resume_session(auth.deps, auth.portal, session)

    ((age,),) = [tuple(row.values()) for row in await auth.owner("select now() - seen_at from sessions")]
    assert age < timedelta(minutes=1)


async def test_signing_in_again_in_the_same_browser_ends_the_session_before(auth: Auth):
    login, password = await activated(auth)
    first = await auth.sign_in(login, password)
    second = await auth.sign_in(login, password, browser=first.browser)

    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal, first.session)
    await resume_session(auth.deps, auth.portal, second.session)


async def test_the_access_token_says_who_it_is_and_ends_with_the_session(auth: Auth):
    login, password = await activated(auth)
    signed_in = await auth.sign_in(login, password)
    token = signed_in.access.value

    caller = await verify_access(auth.deps, token, audience=auth.portal.name)
    assert (caller.kind, caller.id) == ("customer", str(signed_in.account_id))
    with pytest.raises(TokenNotAccepted):
        await verify_access(auth.deps, token, audience=DESK)

    await sign_out(auth.deps, auth.portal, signed_in.session, HERE)
    with pytest.raises(TokenNotAccepted):
        await verify_access(auth.deps, token, audience=auth.portal.name)
    with pytest.raises(NotSignedIn):
        await refresh_access(auth.deps, auth.portal, signed_in.session)
    assert len(await auth.events("sessions_ended")) == 1


async def test_signing_out_here_leaves_the_other_device_a_session_that_renews_its_token(auth: Auth):
    login, password = await activated(auth)
    here, there = await auth.sign_in(login, password), await auth.sign_in(login, password)
    await sign_out(auth.deps, auth.portal, here.session, HERE)

    renewed = await refresh_access(auth.deps, auth.portal, there.session)
    await verify_access(auth.deps, renewed.value, audience=auth.portal.name)


async def test_b12_signing_out_everywhere_ends_every_session(auth: Auth):
    login, password = await activated(auth)
    devices = [await auth.sign_in(login, password) for _ in range(3)]
    await sign_out_everywhere(auth.deps, auth.portal, devices[0].account_id, HERE)

    for device in devices:
        with pytest.raises(NotSignedIn):
            await resume_session(auth.deps, auth.portal, device.session)
        with pytest.raises(TokenNotAccepted):
            await verify_access(auth.deps, device.access.value, audience=auth.portal.name)


async def test_a_clock_set_back_brings_no_token_to_life_again(auth: Auth):
    login, password = await activated(auth)
    signed_in = await auth.sign_in(login, password)
    await auth.owner("update accounts set sessions_ended_at = clock_timestamp() + interval '1 hour'")
    await sign_out_everywhere(auth.deps, auth.portal, signed_in.account_id, HERE)

    (kept,) = await auth.owner("select sessions_ended_at > now() + interval '59 minutes' as later from accounts")
    assert kept["later"]


async def test_no_session_outlives_a_regeneration_that_ran_beside_its_sign_in(auth: Auth):
    login, password = await activated(auth)
    outcomes = await asyncio.gather(
        *(auth.sign_in(login, password) for _ in range(4)), auth.activate(), return_exceptions=True
    )
    sessions = [outcome for outcome in outcomes[:-1] if not isinstance(outcome, BaseException)]

    assert outcomes[-1] is None
    for signed_in in sessions:
        with pytest.raises(NotSignedIn):
            await resume_session(auth.deps, auth.portal, signed_in.session)
        with pytest.raises(TokenNotAccepted):
            await verify_access(auth.deps, signed_in.access.value, audience=auth.portal.name)
