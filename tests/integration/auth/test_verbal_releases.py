"""B3: a password said on the telephone, shown once to one member of staff (S2.7)."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from services.auth.domain.accounts import Account
from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    ChecksIncomplete,
    CredentialsNotRecognised,
    NotSignedIn,
    TokenExpired,
    TokenUsed,
    VerbalReleaseNotOffered,
)
from services.auth.domain.sessions import SignedIn
from services.auth.handlers.desk_release_verbally import Released, ReleaseVerbally, release_verbally
from services.auth.handlers.resume_session import resume_session
from shared.details import DetailsNotAcceptable
from shared.ids import AccountId, new_id
from shared.limits import TooManyRequests
from shared.portals.durations import limit
from tests.integration.auth.conftest import DESK, Auth
from tests.integration.auth.mailed import PASSWORD, Ecocito
from tests.integration.auth.test_closing import close
from tests.integration.auth.test_shared_mailboxes import facts, flag

CHECKS = ["full_name", "company", "called_back"]


@pytest.fixture
def groupecho(auth: Auth) -> Auth:
    return replace(auth, portal=auth.deps.portals.by_name("groupecho"))


async def released(auth: Auth, account: Account, checks: list[str] | None = None) -> Released:
    policy = auth.portal.policy.verbal_release
    made = checks if checks is not None else list(policy.checks) if policy else []
    return await release_verbally(auth.deps, ReleaseVerbally(auth.portal, DESK, account.id, made))


async def sign_in(auth: Auth, account: Account, password: Released) -> SignedIn:
    return await auth.sign_in(account.identifier, password.password.get_secret_value())


async def test_b3_it_opens_the_account_and_lasts_where_passwords_are_not_changed_online(groupecho: Auth):
    customer = await groupecho.open()
    password = await released(groupecho, customer)
    assert not (await sign_in(groupecho, customer, password)).must_change_password

    await groupecho.owner("update credentials set use_until = now()")
    await sign_in(groupecho, customer, password)


async def test_b3_used_too_late_by_the_databases_clock_it_opens_nothing(groupecho: Auth):
    customer = await groupecho.open()
    password = await released(groupecho, customer)
    (lasts,) = await groupecho.owner("select use_until - now() as lasts from credentials")
    assert timedelta(minutes=29) < lasts["lasts"] <= timedelta(minutes=30)

    await groupecho.owner("update credentials set use_until = now()")
    with pytest.raises(CredentialsNotRecognised):
        await sign_in(groupecho, customer, password)


@pytest.mark.parametrize("portal", ["default", "ecocito"])
async def test_b3_where_people_choose_their_passwords_it_opens_only_that_choice(auth: Auth, portal: str):
    there = replace(auth, portal=auth.deps.portals.by_name(portal))
    customer = await there.open()
    password = await released(there, customer)
    login = customer.details.email

    assert (await there.sign_in(login, password.password.get_secret_value())).must_change_password
    await there.owner("update credentials set expires_at = now()")
    with pytest.raises(CredentialsNotRecognised):
        await there.sign_in(login, password.password.get_secret_value())


async def test_b3_the_former_password_stops_at_once_and_whoever_is_in_is_out(groupecho: Auth):
    customer = await groupecho.open()
    first = await released(groupecho, customer)
    session = (await sign_in(groupecho, customer, first)).session
    second = await released(groupecho, customer)

    with pytest.raises(CredentialsNotRecognised):
        await sign_in(groupecho, customer, first)
    with pytest.raises(NotSignedIn):
        await resume_session(groupecho.deps, groupecho.portal, session)
    await sign_in(groupecho, customer, second)
    assert [event["type"].split(".")[2] for event in await groupecho.events()][-2:] == [
        "password_released_verbally",
        "sessions_ended",
    ]


async def test_b3_so_does_one_that_people_chose_and_a_link_under_way(at_ecocito: Auth):
    ecocito = Ecocito(at_ecocito)
    customer = await ecocito.opened()
    await ecocito.ask_reset()
    await released(at_ecocito, customer)

    with pytest.raises(CredentialsNotRecognised):
        await at_ecocito.sign_in(customer.details.email, PASSWORD)
    with pytest.raises((TokenUsed, TokenExpired)):
        await ecocito.confirm_reset(await ecocito.token("reset_requested"))


async def test_b3_a_mail_that_waits_holds_a_dead_password_and_is_told_to(groupecho: Auth):
    customer = await groupecho.open()
    await groupecho.activate()
    password = await released(groupecho, customer)

    with pytest.raises(CredentialsNotRecognised):
        await groupecho.sign_in(customer.identifier, (await groupecho.mailed_passwords())[0])
    (mailed,) = await facts(groupecho, "password_regenerated")
    (told,) = await facts(groupecho, "password_released_verbally")
    assert told["generation"] > mailed["generation"]
    await sign_in(groupecho, customer, password)


async def test_b3_a_shared_mailbox_or_none_is_what_it_is_for(groupecho: Auth):
    shared, unreachable = await groupecho.open(), await groupecho.open("")
    await flag(groupecho)

    for customer in (shared, unreachable):
        await sign_in(groupecho, customer, await released(groupecho, customer))
    told = await facts(groupecho, "password_released_verbally")
    assert [fact["deliver_until"] is not None for fact in told] == [True, False]


async def test_b3_every_check_must_have_been_made(groupecho: Auth):
    customer = await groupecho.open()
    for made, missing in (([], CHECKS), (["company"], ["full_name", "called_back"]), (CHECKS[:2] * 2, CHECKS[2:])):
        with pytest.raises(ChecksIncomplete) as refused:
            await released(groupecho, customer, made)
        assert list(refused.value.missing) == missing
    with pytest.raises(DetailsNotAcceptable) as unknown:
        await released(groupecho, customer, [*CHECKS, "shoe_size"])

    assert [fault.field for fault in unknown.value.faults] == ["checks/3"]
    assert await groupecho.owner("select * from credentials") == []


async def test_b3_three_a_day_and_no_more_whatever_was_refused_meanwhile(groupecho: Auth):
    customer, other = await groupecho.open(), await groupecho.open()
    for _ in range(5):
        with pytest.raises(ChecksIncomplete):
            await released(groupecho, customer, [])
    for _ in range(3):
        last = await released(groupecho, customer)
    with pytest.raises(TooManyRequests) as refused:
        await released(groupecho, customer)

    assert timedelta(hours=23) < refused.value.retry_after <= timedelta(days=1)
    await sign_in(groupecho, customer, last)
    await released(groupecho, other)


async def test_b3_what_fails_costs_none_of_them(groupecho: Auth):
    once_a_day = groupecho.portal.limits.model_copy(update={"verbal_releases_per_account": limit("1 in 1 day")})
    strict = replace(groupecho, portal=groupecho.portal.model_copy(update={"limits": once_a_day}))
    customer = await strict.open()
    await close(strict, customer)
    for _ in range(2):
        with pytest.raises(AccountIsClosed):
            await released(strict, customer)
    await strict.owner("update accounts set closed_at = null")

    await released(strict, customer)


async def test_b3_no_account_no_password(groupecho: Auth):
    customer = await groupecho.open()
    with pytest.raises(AccountNotFound):
        await released(groupecho, replace(customer, id=AccountId(new_id())))
    with pytest.raises(VerbalReleaseNotOffered):
        await released(replace(groupecho, portal=groupecho.deps.portals.by_name("egec")), customer, CHECKS)


async def test_b3_two_at_once_leave_one_that_opens_and_it_is_the_one_told_last(groupecho: Auth):
    customer = await groupecho.open()
    both = await asyncio.gather(*(released(groupecho, customer) for _ in range(2)))

    opening = []
    for one in both:
        try:
            opening.append((await sign_in(groupecho, customer, one), one)[1])
        except CredentialsNotRecognised:
            continue
    generations = [fact["generation"] for fact in await facts(groupecho, "password_released_verbally")]
    assert generations == sorted(set(generations))
    assert len(opening) == 1


async def test_b3_a_release_and_sign_ins_by_the_former_one_at_once_leave_nobody_in(groupecho: Auth):
    customer = await groupecho.open()
    former = await released(groupecho, customer)
    tries = [sign_in(groupecho, customer, former) for _ in range(4)]
    *_, fresh = await asyncio.gather(*tries, released(groupecho, customer), return_exceptions=True)

    assert await groupecho.owner("select from sessions") == []
    assert isinstance(fresh, Released)
    await sign_in(groupecho, customer, fresh)


async def test_b3_the_audit_names_the_checks_and_what_was_refused_and_no_password(groupecho: Auth):
    customer = await groupecho.open()
    with pytest.raises(ChecksIncomplete):
        await released(groupecho, customer, ["company"])
    password = (await released(groupecho, customer)).password.get_secret_value()

    entries = await groupecho.owner("select * from audit where action like 'verbal%' or action like '%verbally'")
    assert [(entry["action"], entry["account_id"], entry["actor_id"]) for entry in entries] == [
        ("verbal_release_refused", customer.id, DESK.id),
        ("password_released_verbally", customer.id, DESK.id),
    ]
    assert json.loads(entries[1]["details"])["checks"] == sorted(CHECKS)
    assert password not in json.dumps(entries, default=str)


async def test_b3_it_stands_in_no_table_no_event_and_no_log(groupecho: Auth, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    customer = await groupecho.open()
    password = (await released(groupecho, customer)).password.get_secret_value()

    for table in ("credentials", "outbox", "audit", "idempotency_answers", "limits"):
        rows = await groupecho.owner(f"select t::text as row from {table} t")  # noqa: S608 -- a test's own word
        assert not [row for row in rows if password in row["row"]], table
    (fact,) = await facts(groupecho, "password_released_verbally")
    assert password not in json.dumps(fact)
    assert password not in caplog.text
