"""B2: that a mailbox is shared is a fact about its address, whoever's accounts have it, now or later."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from services.auth.domain.accounts import Account
from services.auth.domain.errors import AddressMissing, CredentialsNotRecognised, MailboxShared, TokenExpired, TokenUsed
from services.auth.domain.names import SubmittedName
from services.auth.handlers.desk_correct_account import CorrectAccount, correct_account
from services.auth.handlers.desk_find_accounts import find_accounts
from services.auth.handlers.desk_flag_mailbox import FlagMailbox, flag_mailbox
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.handlers.resume_session import resume_session
from shared.details import DetailsNotAcceptable
from tests.integration.auth.conftest import DESK, HERE, Auth
from tests.integration.auth.mailed import Ecocito
from tests.integration.auth.test_customer_file import file, load, row

ADDRESS = "camille@example.org"


async def flag(auth: Auth, address: str = ADDRESS, *, shared: bool = True) -> None:
    await flag_mailbox(auth.deps, FlagMailbox(auth.portal, DESK, address, shared))


async def shared(auth: Auth, q: str = ADDRESS) -> list[bool]:
    """Of all who are found, in the order of their ids."""
    found = await find_accounts(auth.deps, auth.portal, DESK, q)
    return [account.mailbox_shared for account in found.accounts]


async def correct(auth: Auth, account: Account, **changes: object) -> Account:
    return await correct_account(auth.deps, CorrectAccount(auth.portal, DESK, account.id, changes))


async def facts(auth: Auth, kind: str) -> list[dict[str, Any]]:
    return [json.loads(event["payload"]) for event in await auth.events(kind)]


async def test_a_flag_is_known_of_accounts_that_get_the_address_later(auth: Auth):
    await flag(auth, " Camille@Example.org\n")
    opened = await auth.open()
    corrected = await correct(auth, await auth.open("autre@example.org"), email="CAMILLE@example.org")
    await load(auth, file([row("0000000001"), row("0000000002", shared_mailbox="false")]))

    assert opened.mailbox_shared
    assert corrected.mailbox_shared
    assert await shared(auth) == [True] * 4
    assert all(fact["shared"] == (fact["address"].lower() == ADDRESS) for fact in await facts(auth, "contact_changed"))


async def test_a_flag_is_known_of_an_account_its_owner_opens_later(at_ecocito: Auth):
    await flag(at_ecocito)

    assert (await Ecocito(at_ecocito).opened(ADDRESS)).mailbox_shared


async def test_every_account_at_the_address_is_told_of_under_a_new_version(auth: Auth):
    accounts = [await auth.open() for _ in range(3)]
    await auth.owner("update accounts set closed_at = now() where id = $1", accounts[1].id)
    elsewhere = await auth.open("autre@example.org")
    await flag(auth)

    told = await auth.events("mailbox_shared_changed")
    assert [event["aggregateid"] for event in told] == [account.id for account in accounts]
    versions = {fact["account_id"]: fact["version"] for fact in await facts(auth, "contact_changed") if fact["shared"]}
    assert versions.keys() == {str(account.id) for account in accounts}
    assert all(versions[str(account.id)] > account.contact_version for account in accounts)
    assert await shared(auth, elsewhere.identifier) == [False]


async def test_said_once_more_it_changes_nothing(auth: Auth):
    await auth.open()
    await flag(auth)
    before = await auth.events()
    await flag(auth)

    assert await auth.events() == before


async def test_no_longer_shared_it_gets_passwords_again(auth: Auth):
    customer = await auth.open()
    await flag(auth)
    await flag(auth, shared=False)

    assert [fact["shared"] for fact in await facts(auth, "mailbox_shared_changed")] == [True, False]
    await auth.activate()
    await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[0])


async def test_a_password_that_was_mailed_and_not_used_is_dead_from_then_on(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    await flag(auth)

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, password)
    (mailed,) = await facts(auth, "password_regenerated")
    (told,) = await facts(auth, "mailbox_shared_changed")
    assert told["generation"] > mailed["generation"], "what tells the notifier that the mail holds a dead one"


async def test_a_password_that_was_used_stays_and_so_does_who_came_in_by_it(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    session = (await auth.sign_in(customer.identifier, password)).session
    await flag(auth)

    await auth.sign_in(customer.identifier, password)
    assert (await resume_session(auth.deps, auth.portal, session)).account_id == customer.id


async def test_where_the_former_is_kept_it_lives_on_and_only_the_one_under_way_dies(hardened: Auth):
    customer = await hardened.open()
    await hardened.activate()
    await hardened.sign_in(customer.identifier, (await hardened.mailed_passwords())[0])
    await hardened.activate()
    used, under_way = await hardened.mailed_passwords()
    await flag(hardened)

    with pytest.raises(CredentialsNotRecognised):
        await hardened.sign_in(customer.identifier, under_way)
    await hardened.sign_in(customer.identifier, used)


async def test_a_link_that_was_mailed_leads_nowhere_even_when_the_flag_is_gone_again(at_ecocito: Auth):
    ecocito = Ecocito(at_ecocito)
    customer = await ecocito.opened()
    await ecocito.ask_reset()
    token = await ecocito.token("reset_requested")
    await flag(at_ecocito)
    with pytest.raises((TokenUsed, TokenExpired)):
        await ecocito.confirm_reset(token)
    await flag(at_ecocito, shared=False)
    with pytest.raises((TokenUsed, TokenExpired)):
        await ecocito.confirm_reset(token)

    await at_ecocito.sign_in(customer.details.email, "une chaise rouge")


@pytest.mark.parametrize("kind", ["email", "code"])
async def test_a_request_for_it_changes_nothing_however_it_is_asked(neutral: Auth, kind: Any):
    customer = await neutral.open()
    await flag(neutral)
    before = await neutral.events()
    name = SubmittedName(kind, ADDRESS if kind == "email" else customer.identifier)
    await regenerate_password(neutral.deps, RegeneratePassword(neutral.portal, name, HERE))

    assert await neutral.events() == before
    assert await neutral.owner("select * from credentials") == []


async def test_a_link_is_not_sent_there_either(at_ecocito: Auth):
    ecocito = Ecocito(at_ecocito)
    await ecocito.opened()
    await flag(at_ecocito)
    await ecocito.ask_reset()

    assert await ecocito.mails("reset_requested") == []


async def test_the_desk_is_told_why(auth: Auth):
    customer = await auth.open()
    await flag(auth)

    with pytest.raises(MailboxShared):
        await request_activation(auth.deps, RequestActivation(auth.portal, DESK, customer.id))


async def test_what_the_desk_says_of_one_account_is_said_of_its_address(auth: Auth):
    first, second = await auth.open(), await auth.open()
    await correct(auth, second, mailbox_shared=True)
    assert await shared(auth) == [True, True]

    moved = await correct(auth, await auth.open("autre@example.org"), email=ADDRESS, mailbox_shared=False)
    assert not moved.mailbox_shared
    assert await shared(auth) == [False] * 3
    assert (await auth.open(mailbox_shared=True)).mailbox_shared
    assert await shared(auth) == [True] * 4
    assert await shared(auth, first.identifier) == [True]


async def test_who_leaves_the_address_leaves_the_flag_behind(auth: Auth):
    customer, _ = await auth.open(), await auth.open()
    await flag(auth)
    moved = await correct(auth, customer, email="autre@example.org")

    assert not moved.mailbox_shared
    assert await shared(auth) == [True]


async def test_where_there_is_no_address_there_is_nothing_to_flag(auth: Auth):
    customer = await auth.open("")

    with pytest.raises(AddressMissing):
        await correct(auth, customer, mailbox_shared=True)
    with pytest.raises(AddressMissing):
        await auth.open("", mailbox_shared=True)
    assert not (await correct(auth, customer, mailbox_shared=False)).mailbox_shared
    for address in ("", "nobody", "a@b,c@d"):
        with pytest.raises(DetailsNotAcceptable):
            await flag(auth, address)


async def test_of_two_lines_about_one_address_the_one_that_says_shared_counts(auth: Auth):
    """Though a thousand others lie between them, whichever comes first."""
    between = [row(f"{number:010}", email=f"c{number}@example.org") for number in range(100, 1_200)]
    for number, flags in enumerate((("true", "false"), ("false", "true"))):
        ends = [row(f"{number}{end}".zfill(10), shared_mailbox=said) for end, said in enumerate(flags)]
        await load(auth, file([ends[0], *between, ends[1]]))

    assert await shared(auth) == [True] * 4
    assert len(await auth.events("mailbox_shared_changed")) == 0, "they were opened so"


async def test_a_file_takes_back_what_a_file_said_and_not_what_the_desk_did(auth: Auth):
    of_file, of_desk = "autre@example.org", ADDRESS

    def lines(said: str) -> Any:
        return file([row("0000000001", email=of_file, shared_mailbox=said), row("0000000002", shared_mailbox="false")])

    await load(auth, lines("true"))
    await flag(auth, of_desk)
    await load(auth, lines("true"))
    assert (await shared(auth, of_file), await shared(auth, of_desk)) == ([True], [True])
    before = await auth.events()
    await load(auth, lines("true"))
    assert await auth.events() == before

    await load(auth, lines("false"))
    assert (await shared(auth, of_file), await shared(auth, of_desk)) == ([False], [True])


async def test_a_file_that_flags_an_address_reaches_accounts_it_does_not_name(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    await load(auth, file([row("0000000001", shared_mailbox="true")]))

    assert await shared(auth) == [True, True]
    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[0])
    (told,) = await auth.events("mailbox_shared_changed")
    assert (told["aggregateid"], told["lane"]) == (customer.id, 1)


async def test_a_flag_and_an_activation_at_once_leave_no_password_that_opens(auth: Auth):
    customer = await auth.open()
    for number in range(5):
        await flag(auth, shared=False)
        asked = request_activation(auth.deps, RequestActivation(auth.portal, DESK, customer.id))
        with suppress(MailboxShared):
            await asyncio.gather(asked, flag(auth))
        await flag(auth)  # where the activation was refused, `gather` did not wait for the flag

        for password in await auth.mailed_passwords():
            with pytest.raises(CredentialsNotRecognised):
                await auth.sign_in(customer.identifier, password)
        order = [event["type"].split(".")[2] for event in await auth.events() if "contact" not in event["type"]]
        assert order.count("mailbox_shared_changed") == 2 * number + 1
        assert order[-1] == "mailbox_shared_changed", "no password after the flag"


async def test_a_flag_and_an_account_that_comes_to_the_address_at_once_do_not_miss_each_other(auth: Auth):
    others = [await auth.open(f"autre{number}@example.org") for number in range(4)]
    coming = [correct(auth, other, email=ADDRESS) for other in others]
    await asyncio.gather(*coming[:2], flag(auth), *coming[2:], auth.open())

    assert await shared(auth) == [True] * 5


async def test_the_audit_knows_whom_it_concerned_and_no_address(auth: Auth):
    customer = await auth.open()
    await flag(auth)
    await flag(auth, shared=False)

    entries = await auth.owner("select action, details from audit where action like 'mailbox%' order by seq")
    assert [entry["action"] for entry in entries] == ["mailbox_flagged", "mailbox_unflagged"]
    assert {entry["details"] for entry in entries} == {json.dumps({"accounts": [str(customer.id)]})}
