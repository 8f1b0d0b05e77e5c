"""B11: an account is closed and opened again."""

import asyncio
import json
from contextlib import suppress

import pytest

from services.auth.domain.accounts import Account
from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    CredentialsNotRecognised,
    NotSignedIn,
    TokenExpired,
    TokenUsed,
)
from services.auth.handlers.desk_close_account import CloseAccount, ReopenAccount, close_account, reopen_account
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from services.auth.handlers.resume_session import resume_session
from services.auth.handlers.verify_access import verify_access
from shared.access_tokens import TokenNotAccepted
from shared.ids import AccountId, new_id
from tests.integration.auth.conftest import DESK, Auth
from tests.integration.auth.mailed import Ecocito
from tests.integration.auth.test_shared_mailboxes import facts, flag


async def close(auth: Auth, account: Account) -> Account:
    return await close_account(auth.deps, CloseAccount(auth.portal, DESK, account.id))


async def reopen(auth: Auth, account: Account) -> Account:
    return await reopen_account(auth.deps, ReopenAccount(auth.portal, DESK, account.id))


async def test_b11_a_closed_account_signs_nobody_in_and_shows_everybody_out(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    signed_in = await auth.sign_in(customer.identifier, password)
    closed = await close(auth, customer)

    assert closed.closed_at is not None
    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, password)
    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal, signed_in.session)
    with pytest.raises(TokenNotAccepted):
        await verify_access(auth.deps, signed_in.access.value, audience=auth.portal.name)
    told = [event["type"].split(".")[2] for event in await auth.events() if event["aggregateid"] == customer.id]
    assert told[-2:] == ["account_closed", "sessions_ended"]


async def test_b11_reopened_the_password_that_was_used_opens_it_again(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    session = (await auth.sign_in(customer.identifier, password)).session
    await close(auth, customer)
    reopened = await reopen(auth, customer)

    assert reopened.closed_at is None
    await auth.sign_in(customer.identifier, password)
    with pytest.raises(NotSignedIn):
        await resume_session(auth.deps, auth.portal, session)


async def test_b11_one_that_was_only_mailed_opens_nothing_ever_again(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    await close(auth, customer)
    await reopen(auth, customer)

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[0])
    (mailed,), (told,) = await facts(auth, "password_regenerated"), await facts(auth, "account_closed")
    assert told["generation"] > mailed["generation"]
    await auth.activate()
    await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[-1])


async def test_b11_a_chosen_password_stays_and_a_link_that_was_mailed_does_not(at_ecocito: Auth):
    ecocito = Ecocito(at_ecocito)
    customer = await ecocito.opened()
    await ecocito.ask_reset()
    await close(at_ecocito, customer)
    await reopen(at_ecocito, customer)

    with pytest.raises((TokenUsed, TokenExpired)):
        await ecocito.confirm_reset(await ecocito.token("reset_requested"))
    await at_ecocito.sign_in(customer.details.email, "une chaise rouge")


async def test_b11_closed_and_reopened_twice_it_was_so_once(auth: Auth):
    customer = await auth.open()
    closed = [await close(auth, customer) for _ in range(2)]
    reopened = [await reopen(auth, customer) for _ in range(2)]

    assert closed[0] == closed[1]
    assert reopened[0] == reopened[1]
    assert len(await auth.events("account_closed")) == len(await auth.events("account_reopened")) == 1
    entries = await auth.owner("select action, details from audit where action like 'account_%ed' order by seq")
    assert [(entry["action"], json.loads(entry["details"])) for entry in entries][1:] == [
        ("account_closed", {}),
        ("account_closed", {"changed": False}),
        ("account_reopened", {}),
        ("account_reopened", {"changed": False}),
    ]


async def test_b11_its_address_may_be_flagged_meanwhile(auth: Auth):
    customer = await auth.open()
    await close(auth, customer)
    await flag(auth)

    assert (await reopen(auth, customer)).mailbox_shared


async def test_b11_where_there_is_no_such_account_nothing_is_closed(auth: Auth):
    customer = await auth.open()
    other = auth.portal.model_copy(update={"name": "other"})

    for command in (CloseAccount(auth.portal, DESK, AccountId(new_id())), CloseAccount(other, DESK, customer.id)):
        with pytest.raises(AccountNotFound):
            await close_account(auth.deps, command)
    with pytest.raises(AccountNotFound):
        await reopen_account(auth.deps, ReopenAccount(other, DESK, customer.id))


async def test_b11_a_closing_and_an_activation_at_once_leave_no_password_that_opens(auth: Auth):
    customer = await auth.open()
    for _ in range(5):
        asked = request_activation(auth.deps, RequestActivation(auth.portal, DESK, customer.id))
        with suppress(AccountIsClosed):
            await asyncio.gather(asked, close(auth, customer))
        await close(auth, customer)
        order = [event["type"].split(".")[2] for event in await auth.events() if event["aggregateid"] == customer.id]
        assert order[-1] in ("account_closed", "sessions_ended"), "no password after the closing"
        await reopen(auth, customer)

        for password in await auth.mailed_passwords():
            with pytest.raises(CredentialsNotRecognised):
                await auth.sign_in(customer.identifier, password)


async def test_b11_a_closing_and_sign_ins_at_once_leave_nobody_in(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    tries = [auth.sign_in(customer.identifier, password) for _ in range(4)]
    outcomes = await asyncio.gather(*tries[:2], close(auth, customer), *tries[2:], return_exceptions=True)

    assert await auth.owner("select from sessions") == []
    for outcome in outcomes:
        if not isinstance(outcome, Account | CredentialsNotRecognised):
            with pytest.raises(TokenNotAccepted):
                await verify_access(auth.deps, outcome.access.value, audience=auth.portal.name)  # type: ignore[union-attr]


async def test_b11_closed_and_reopened_by_several_at_once_what_is_told_last_is_what_is_so(auth: Auth):
    customer = await auth.open()
    await asyncio.gather(*(each(auth, customer) for _ in range(5) for each in (close, reopen)))

    (stands,) = await auth.owner("select closed_at from accounts")
    told = [event for event in await auth.events("account_%") if "account_opened" not in event["type"]]
    kinds = [event["type"].split(".")[2] for event in told]
    assert kinds == ["account_closed", "account_reopened"] * (len(kinds) // 2) + ["account_closed"] * (len(kinds) % 2)
    assert (kinds[-1] == "account_closed") == (stands["closed_at"] is not None)
    times = [json.loads(event["payload"]) for event in told]
    moments = [fact.get("closed_at") or fact["reopened_at"] for fact in times]
    assert moments == sorted(moments)
