"""Opening an account oneself (S0.3), and what a stranger learns or does by it: nothing."""

import asyncio
from dataclasses import replace

import pytest

from services.auth.domain.errors import (
    AlreadyRegistered,
    PasswordBlocklisted,
    PasswordTooShort,
    RegistrationNotOffered,
    TokenExpired,
    TokenNotRecognised,
    TokenUsed,
)
from services.auth.sql.housekeeping import sweep
from shared.details import DetailsNotAcceptable
from shared.limits import TooManyRequests
from tests.integration.auth.conftest import Auth
from tests.integration.auth.mailed import EMAIL, PASSWORD, Ecocito
from tests.integration.auth.test_neutral_answers import watching_statements

REQUESTED = "registration_requested"


@pytest.fixture
def ecocito(at_ecocito: Auth) -> Ecocito:
    return Ecocito(at_ecocito)


async def test_s0_3_whoever_reads_the_mail_opens_the_account_and_signs_in_with_the_chosen_password(ecocito: Ecocito):
    await ecocito.register()
    (mail,) = await ecocito.mails(REQUESTED)
    assert (mail["address"], mail["name"]) == (EMAIL, "Camille Exemple")
    assert await ecocito.count("accounts") == 0

    account = await ecocito.confirm_registration(mail["token"])

    assert ecocito.auth.portal.policy.identifier.accepts(account.identifier)
    signed_in = await ecocito.auth.sign_in(EMAIL, PASSWORD)
    assert signed_in.account_id == account.id
    assert not signed_in.must_change_password
    facts = [event["type"].split(".")[2] for event in await ecocito.auth.events()]
    assert facts == [REQUESTED, "account_opened", "contact_changed"]
    opened = (await ecocito.auth.events("account_opened"))[0]
    assert opened["aggregateid"] == account.id == (await ecocito.auth.events(REQUESTED))[0]["aggregateid"]
    assert '"by": "customer"' in opened["payload"]


async def test_the_owner_of_an_address_with_an_account_is_told_and_nobody_gets_a_token(ecocito: Ecocito):
    account = await ecocito.opened()
    await ecocito.register(email="Camille@Example.org", name="Somebody Else", language="en")

    assert await ecocito.mails("registration_repeated") == [{"address": EMAIL, "name": "Camille Exemple"}]
    (event,) = await ecocito.auth.events("registration_repeated")
    assert event["aggregateid"] == account.id
    assert '"language": "fr"' in event["payload"]
    assert len(await ecocito.mails(REQUESTED)) == 1


async def test_an_address_of_a_closed_account_opens_no_other(ecocito: Ecocito):
    await ecocito.opened()
    await ecocito.auth.owner("update accounts set closed_at = now()")
    await ecocito.register()

    assert len(await ecocito.mails(REQUESTED)) == 1
    assert len(await ecocito.mails("registration_repeated")) == 1


async def test_a_known_and_an_unknown_address_cause_the_same_statements_and_rows(ecocito: Ecocito):
    await ecocito.opened()
    done = []
    async with watching_statements(ecocito.auth) as (watched, work):
        for email in (EMAIL, "nobody@example.org"):
            work.take()
            before = await ecocito.count("registrations"), await ecocito.count("outbox"), await ecocito.count("audit")
            await Ecocito(watched).register(email)
            after = await ecocito.count("registrations"), await ecocito.count("outbox"), await ecocito.count("audit")
            done.append((work.take(), [now - then for now, then in zip(after, before, strict=True)]))

    assert done[0][0][0] == done[1][0][0]
    assert done[0][1] == done[1][1] == [1, 1, 1]


async def test_requests_for_one_address_are_limited_whether_it_is_known_or_not(ecocito: Ecocito):
    await ecocito.opened()
    for email, left in ((EMAIL, 4), ("nobody@example.org", 5)):
        for _ in range(left):
            await ecocito.register(email)
        with pytest.raises(TooManyRequests):
            await ecocito.register(email.upper())


async def test_a_token_works_once(ecocito: Ecocito):
    await ecocito.opened()
    with pytest.raises(TokenUsed):
        await ecocito.confirm_registration(await ecocito.token(REQUESTED))
    assert await ecocito.count("accounts") == 1


async def test_of_many_confirmations_at_once_one_opens_the_account(ecocito: Ecocito):
    for _ in range(2):
        await ecocito.register()
    tokens = [mail["token"] for mail in await ecocito.mails(REQUESTED)]
    results = await asyncio.gather(
        *(ecocito.confirm_registration(token) for token in tokens * 3), return_exceptions=True
    )

    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert {type(result) for result in results if isinstance(result, BaseException)} == {TokenUsed}
    assert await ecocito.count("accounts") == await ecocito.count("credentials") == 1


async def test_an_address_that_has_an_account_meanwhile_opens_no_second_one(ecocito: Ecocito):
    await ecocito.register()
    token = await ecocito.token(REQUESTED)
    await ecocito.auth.open(EMAIL.upper())
    with pytest.raises(AlreadyRegistered):
        await ecocito.confirm_registration(token)

    assert await ecocito.count("accounts") == 1
    assert await ecocito.count("credentials") == 0


@pytest.mark.parametrize(("password", "why"), [("court", PasswordTooShort), ("camille@example", PasswordBlocklisted)])
async def test_a_password_that_is_refused_leaves_the_token_as_it_was(
    ecocito: Ecocito, password: str, why: type[Exception]
):
    await ecocito.register()
    token = await ecocito.token(REQUESTED)
    with pytest.raises(why):
        await ecocito.confirm_registration(token, password)

    assert (await ecocito.confirm_registration(token)).details.email == EMAIL


async def test_passwords_are_not_tried_out_on_a_token_for_ever(ecocito: Ecocito):
    await ecocito.register()
    token = await ecocito.token(REQUESTED)
    for _ in range(10):
        with pytest.raises(PasswordTooShort):
            await ecocito.confirm_registration(token, "court")
    with pytest.raises(TooManyRequests):
        await ecocito.confirm_registration(token, PASSWORD)


async def test_a_day_later_the_person_is_forgotten_and_the_token_said_to_have_expired(ecocito: Ecocito):
    await ecocito.register()
    token = await ecocito.token(REQUESTED)
    await ecocito.auth.owner("update registrations set expires_at = now()")
    await sweep(ecocito.auth.deps.db, ecocito.auth.portal.policy.session.absolute)

    assert await ecocito.auth.owner("select name, email, email_folded from registrations") == [
        {"name": "", "email": "", "email_folded": ""}
    ]
    with pytest.raises(TokenExpired):
        await ecocito.confirm_registration(token)
    await ecocito.auth.owner("update registrations set expires_at = now() - interval '8 days'")
    await sweep(ecocito.auth.deps.db, ecocito.auth.portal.policy.session.absolute)
    assert await ecocito.count("registrations") == 0


async def test_a_token_is_good_for_its_own_portal_only(ecocito: Ecocito):
    await ecocito.register()
    policy = {"accounts_opened_by": "customer"}
    elsewhere = replace(ecocito.auth, portal=ecocito.auth.deps.portals.by_name("default")).under(**policy)

    for token in (await ecocito.token(REQUESTED), "", "x" * 26, "\x00"):
        with pytest.raises(TokenNotRecognised):
            await Ecocito(elsewhere).confirm_registration(token)


async def test_no_token_stands_in_the_database(ecocito: Ecocito):
    await ecocito.register()
    await ecocito.ask_reset()
    token = (await ecocito.token(REQUESTED)).encode()
    tables = await ecocito.auth.owner("select tablename from pg_tables where schemaname = 'public'")
    for table in tables:
        rows = await ecocito.auth.owner(f"select t::text as row from {table['tablename']} t")  # noqa: S608
        assert all(token not in row["row"].encode() and token.hex() not in row["row"] for row in rows), table


async def test_what_no_mail_may_carry_is_refused_before_anything_is_done(ecocito: Ecocito):
    for given in ({"name": "Gagnez sur exemple.fr"}, {"email": "nowhere"}, {"name": ""}):
        with pytest.raises(DetailsNotAcceptable):
            await ecocito.register(**given)

    assert [await ecocito.count(table) for table in ("registrations", "outbox", "audit", "limits")] == [0, 0, 0, 0]


async def test_where_the_operator_opens_accounts_nobody_opens_their_own(auth: Auth):
    with pytest.raises(RegistrationNotOffered):
        await Ecocito(auth).register()
    with pytest.raises(RegistrationNotOffered):
        await Ecocito(auth).confirm_registration("x")
