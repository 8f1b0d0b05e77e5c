"""« Activation du compte »: what a request for a password does, and what it must not."""

import asyncio
import json
from uuid import UUID

import pytest

from services.auth.domain.errors import AccountNotRecognised, CredentialsNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.handlers.resume_session import resume_session
from services.auth.hasher import CALLS
from shared.clients import ClientAddress
from shared.limits import TooManyRequests
from tests.integration.auth.conftest import DESK, ELSEWHERE, HERE, Auth


async def test_s1_14_each_activation_replaces_the_password(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    await auth.activate()
    first, second = await auth.mailed_passwords()

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, first)
    assert (await auth.sign_in(customer.identifier, second)).account_id == customer.id


async def test_the_fact_names_the_contact_it_is_for_and_the_deadline_of_its_mail(auth: Auth):
    customer = await auth.open()
    await auth.activate(" CAMILLE@example.org\n")

    (event,) = await auth.events("password_regenerated")
    fact = json.loads(event["payload"])
    assert UUID(fact["account_id"]) == event["aggregateid"] == customer.id
    assert fact["contact_version"] == customer.contact_version
    assert fact["expires_at"] is None
    assert event["lane"] == 0


async def test_s1_15_two_activations_at_once_leave_one_valid_password_and_it_is_the_newest(auth: Auth):
    customer = await auth.open()
    await asyncio.gather(*(auth.activate() for _ in range(5)))

    *older, newest = await auth.mailed_passwords()
    generations = [json.loads(event["payload"])["generation"] for event in await auth.events("password_regenerated")]
    assert generations == sorted(set(generations))
    for password in older:
        with pytest.raises(CredentialsNotRecognised):
            await auth.sign_in(customer.identifier, password)
    await auth.sign_in(customer.identifier, newest)


async def test_s1_6_an_unknown_address_is_told_and_nothing_is_done(auth: Auth):
    with pytest.raises(AccountNotRecognised):
        await auth.activate("nobody@example.org")

    assert await auth.events() == []
    assert await auth.owner("select * from decoy_events") == []


async def test_twenty_unknown_names_from_one_address_are_enough(auth: Auth):
    await auth.open()
    household = ClientAddress("2001:db8::1")
    for number in range(20):
        with pytest.raises(AccountNotRecognised):
            await auth.activate(f"nobody{number}@example.org", household)

    with pytest.raises(TooManyRequests):
        await auth.activate("camille@example.org", ClientAddress("2001:db8::2"))
    await auth.activate("camille@example.org", ELSEWHERE)


async def test_recognised_names_do_not_count_as_unknown_ones(auth: Auth):
    for number in range(22):
        await auth.open(f"camille{number}@example.org")
        await auth.activate(f"camille{number}@example.org")


async def test_s1_18_an_address_on_several_files_regenerates_nothing(auth: Auth):
    first, second = await auth.open(), await auth.open("Camille@Example.org")
    await auth.activate()

    assert await auth.events("password_regenerated") == []
    (event,) = await auth.events("activation_matched_several")
    assert event["aggregateid"] == min(first.id, second.id)
    assert "sealed" not in event["payload"]
    assert await auth.owner("select * from credentials") == []


async def test_s1_18_asked_by_code_only_one_account_is_meant(auth: Auth):
    first, _ = await auth.open(), await auth.open()
    await regenerate_password(auth.deps, RegeneratePassword(auth.portal, SubmittedName("code", first.identifier), HERE))

    (event,) = await auth.events("password_regenerated")
    assert event["aggregateid"] == first.id


@pytest.mark.parametrize("email", ["camille@example.org", "nobody@example.org"])
async def test_the_sixth_request_within_a_quarter_of_an_hour_is_refused_before_any_hashing(neutral: Auth, email: str):
    await neutral.open()
    for _ in range(5):
        await neutral.activate(email)
    before = CALLS.labels("hash")._value.get()

    with pytest.raises(TooManyRequests) as refused:
        await neutral.activate(email.upper())
    assert CALLS.labels("hash")._value.get() == before
    assert 800 < refused.value.retry_after.total_seconds() <= 900


async def test_a_shared_mailbox_gets_no_password(neutral: Auth):
    await neutral.open(mailbox_shared=True)
    await neutral.activate()

    assert await neutral.events("password_regenerated") == []
    assert await neutral.owner("select * from credentials") == []


async def test_a_closed_account_gets_no_password(neutral: Auth):
    await neutral.open()
    await neutral.owner("update accounts set closed_at = now()")
    await neutral.activate()

    assert await neutral.events("password_regenerated") == []


async def test_regeneration_ends_the_sessions_and_says_so(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    signed_in = await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[-1])
    await auth.activate()

    with pytest.raises(Exception, match="signed in"):
        await resume_session(auth.deps, auth.portal, signed_in.session)
    (event,) = await auth.events("sessions_ended")
    assert event["aggregateid"] == customer.id


async def test_s1_17_the_hardened_profile_keeps_password_and_sessions_until_the_new_one_is_used(hardened: Auth):
    customer = await hardened.open()
    await hardened.activate()
    (first,) = await hardened.mailed_passwords()
    session = (await hardened.sign_in(customer.identifier, first)).session
    await hardened.activate(client=ELSEWHERE)
    _, second = await hardened.mailed_passwords()

    await hardened.sign_in(customer.identifier, first)
    assert (await resume_session(hardened.deps, hardened.portal, session)).account_id == customer.id
    assert (await hardened.sign_in("camille@example.org", second)).must_change_password
    with pytest.raises(CredentialsNotRecognised):
        await hardened.sign_in(customer.identifier, first)
    with pytest.raises(Exception, match="signed in"):
        await resume_session(hardened.deps, hardened.portal, session)


async def test_the_desk_has_a_password_mailed_and_sees_none(auth: Auth):
    customer = await auth.open()
    await request_activation(auth.deps, RequestActivation(auth.portal, DESK, customer.id))

    (password,) = await auth.mailed_passwords()
    await auth.sign_in(customer.identifier, password)
    (entry,) = await auth.owner("select * from audit where action = 'activation_requested'")
    assert (entry["actor_kind"], entry["actor_id"], entry["origin"]) == (DESK.kind, DESK.id, DESK.origin)
