"""What the desk does with accounts, and what the audit keeps of it."""

import asyncio
import json

import asyncpg
import pytest

from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    AddressMissing,
    IdentifierTaken,
    MailboxShared,
)
from services.auth.handlers.desk_correct_account import CorrectAccount, correct_account
from services.auth.handlers.desk_find_accounts import find_accounts, show_account
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from shared.details import DetailsNotAcceptable
from shared.ids import AccountId, new_id
from tests.integration.auth.conftest import DESK, Auth


async def test_an_opened_account_is_published_with_its_contact_and_mails_nobody(auth: Auth):
    customer = await auth.open(identifier="0000000042")

    opened, contact = await auth.events()
    assert json.loads(opened["payload"])["by"] == "operator"
    assert json.loads(contact["payload"]) | {"address": "?"} == {
        "account_id": str(customer.id),
        "portal": "egec",
        "version": customer.contact_version,
        "identifier": "0000000042",
        "address": "?",
        "title": "M.",
        "name": "Camille Exemple",
        "language": "fr",
        "shared": False,
    }


async def test_s1_9_an_identifier_is_never_given_twice(auth: Auth):
    await auth.open(identifier="0000000042")
    tries = [auth.open("autre@example.org", identifier="0000000042") for _ in range(3)]

    assert all(isinstance(outcome, IdentifierTaken) for outcome in await asyncio.gather(*tries, return_exceptions=True))
    assert len(await auth.events("account_opened")) == 1


async def test_s1_9_the_service_itself_can_neither_change_nor_free_an_identifier(auth: Auth):
    customer = await auth.open()
    for statement in (
        "update accounts set identifier = '1'",
        "delete from accounts",
        "update accounts set portal = 'x'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auth.deps.db.execute(statement)

    assert [each["identifier"] for each in await auth.owner("select identifier from accounts")] == [customer.identifier]


async def test_details_that_are_not_acceptable_open_nothing(auth: Auth):
    for changes in ({"email": "a@b,c@d"}, {"identifier": "12"}):
        with pytest.raises(DetailsNotAcceptable):
            await auth.open(**changes)  # type: ignore[arg-type]

    assert await auth.owner("select * from accounts") == []


async def test_a_corrected_address_is_a_new_version_published_once(auth: Auth):
    customer = await auth.open()
    command = CorrectAccount(auth.portal, DESK, customer.id, {"email": "neuve@example.org"})
    corrected = await correct_account(auth.deps, command)
    again = await correct_account(auth.deps, command)

    assert customer.contact_version < corrected.contact_version == again.contact_version
    assert [json.loads(event["payload"])["version"] for event in await auth.events("contact_changed")] == [
        customer.contact_version,
        corrected.contact_version,
    ]
    with pytest.raises(Exception, match="No account has this name"):
        await auth.activate("camille@example.org")
    await auth.activate("neuve@example.org")


async def test_two_corrections_at_once_lose_neither(auth: Auth):
    customer = await auth.open()
    changes = [{"email": "neuve@example.org"}, {"name": "Camille Autre"}]
    await asyncio.gather(
        *(correct_account(auth.deps, CorrectAccount(auth.portal, DESK, customer.id, change)) for change in changes)
    )

    shown = await show_account(auth.deps, auth.portal, DESK, customer.id)
    assert (shown.details.email, shown.details.name) == ("neuve@example.org", "Camille Autre")
    versions = [json.loads(event["payload"])["version"] for event in await auth.events("contact_changed")]
    assert versions == sorted(set(versions))
    assert len(versions) == 3
    assert versions[-1] == shown.contact_version


async def test_people_are_found_by_address_identifier_or_beginnings_of_words(auth: Auth):
    customer = await auth.open(identifier="0000000042")
    await correct_account(auth.deps, CorrectAccount(auth.portal, DESK, customer.id, {"name": "Camille Éloïse Exemple"}))

    for q in ("CAMILLE@example.org", " 0000000042\n", "exem", "Camille", "exemple cam", "Éloï"):
        found = await find_accounts(auth.deps, auth.portal, DESK, q)
        assert [account.id for account in found.accounts] == [customer.id], q


async def test_nobody_else_is_found_whatever_is_asked(auth: Auth):
    await auth.open(identifier="0000000042")

    for q in ("exemplaire", "camille@example", "000000004", "'); drop table accounts", "& | !", ":*", "\0", "\udc00"):
        assert (await find_accounts(auth.deps, auth.portal, DESK, q)).accounts == [], q


async def test_a_long_list_comes_in_pages(auth: Auth):
    opened = [(await auth.open()).id for _ in range(5)]
    seen: list[AccountId] = []
    after = None
    while True:
        page = await find_accounts(auth.deps, auth.portal, DESK, "", after=after, limit=2)
        seen += [account.id for account in page.accounts]
        after = page.after
        if after is None:
            break

    assert seen == sorted(opened)


async def test_another_portals_accounts_do_not_exist_here(auth: Auth):
    customer = await auth.open()
    other = auth.portal.model_copy(update={"name": "other"})

    with pytest.raises(AccountNotFound):
        await show_account(auth.deps, other, DESK, customer.id)
    with pytest.raises(AccountNotFound):
        await request_activation(auth.deps, RequestActivation(other, DESK, customer.id))
    assert (await find_accounts(auth.deps, other, DESK, "")).accounts == []


async def test_the_desk_is_told_why_a_password_cannot_be_mailed(auth: Auth):
    shared, unreachable, closed = [
        await auth.open(mailbox_shared=True),
        await auth.open(email=""),
        await auth.open(),
    ]
    await auth.owner("update accounts set closed_at = now() where id = $1", closed.id)
    expected = {
        shared.id: MailboxShared,
        unreachable.id: AddressMissing,
        closed.id: AccountIsClosed,
        AccountId(new_id()): AccountNotFound,
    }
    for account_id, refusal in expected.items():
        with pytest.raises(refusal):
            await request_activation(auth.deps, RequestActivation(auth.portal, DESK, account_id))
    assert await auth.events("password_regenerated") == []


async def test_everything_is_audited_with_ids_and_without_names(auth: Auth):
    customer = await auth.open()
    await correct_account(auth.deps, CorrectAccount(auth.portal, DESK, customer.id, {"name": "Camille Autre"}))
    await find_accounts(auth.deps, auth.portal, DESK, "Camille")
    await show_account(auth.deps, auth.portal, DESK, customer.id)
    await request_activation(auth.deps, RequestActivation(auth.portal, DESK, customer.id))
    (password,) = await auth.mailed_passwords()
    await auth.sign_in(customer.identifier, password)

    entries = await auth.owner("select * from audit order by seq")
    assert [entry["action"] for entry in entries] == [
        "account_opened",
        "account_corrected",
        "accounts_searched",
        "account_shown",
        "activation_requested",
        "signed_in",
    ]
    kept = json.dumps(entries, default=str)
    assert not [text for text in ("Camille", "Exemple", "example.org", customer.identifier, password) if text in kept]
