"""An account gets another address: the former one is told, and what was on its way there comes to nothing."""

import json
from typing import Any

import pytest

from services.auth.domain.errors import CredentialsNotRecognised, TokenExpired, TokenUsed
from services.auth.handlers.resume_session import resume_session
from shared.ids import Language
from tests.integration.auth.conftest import Auth
from tests.integration.auth.mailed import Ecocito
from tests.integration.auth.test_customer_file import file, load, row
from tests.integration.auth.test_shared_mailboxes import correct, facts, flag

FORMER, NEW = "camille@example.org", "neuve@example.org"


async def notices(auth: Auth) -> list[dict[str, str]]:
    """What the notifier would write to each former address."""
    opened = []
    for event in await auth.events("address_changed"):
        fact: dict[str, Any] = json.loads(event["payload"])
        (at,) = await auth.owner("select $1::text::timestamptz as deliver_until", fact["deliver_until"])
        claims = auth.opener.open(
            fact["sealed"], event_id=event["id"], account_id=event["aggregateid"], generation=None, **at
        )
        opened.append({name: value.get_secret_value() for name, value in claims.items()})
    return opened


async def test_the_former_address_is_told_in_the_language_of_its_owner(auth: Auth):
    customer = await auth.open()
    await correct(auth, customer, email=NEW, name="Camille Autre", language=Language("en"))

    assert await notices(auth) == [{"address": FORMER, "name": "Camille Exemple"}]
    (fact,) = await facts(auth, "address_changed")
    assert fact["language"] == "fr"
    assert FORMER not in json.dumps(fact)


async def test_a_password_on_its_way_there_is_dead_and_its_mail_is_told_to_be(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (mailed,) = await facts(auth, "password_regenerated")
    await correct(auth, customer, email=NEW)

    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[0])
    (told,) = await facts(auth, "address_changed")
    assert told["generation"] > mailed["generation"]
    await auth.activate(NEW)
    await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[-1])


async def test_a_password_in_use_stays_and_nobody_is_signed_out(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    (password,) = await auth.mailed_passwords()
    session = (await auth.sign_in(customer.identifier, password)).session
    await correct(auth, customer, email=NEW)

    await auth.sign_in(customer.identifier, password)
    assert (await resume_session(auth.deps, auth.portal, session)).email == NEW


async def test_a_link_on_its_way_there_leads_nowhere(at_ecocito: Auth):
    ecocito = Ecocito(at_ecocito)
    customer = await ecocito.opened(FORMER)
    await ecocito.ask_reset(FORMER)
    await correct(at_ecocito, customer, email=NEW)
    await correct(at_ecocito, customer, email=FORMER)  # and stays dead

    with pytest.raises((TokenUsed, TokenExpired)):
        await ecocito.confirm_reset(await ecocito.token("reset_requested"))


@pytest.mark.parametrize(("before", "after"), [("", NEW), (FORMER, FORMER.upper()), (FORMER, FORMER)])
async def test_where_nobody_else_could_read_it_nobody_is_told(auth: Auth, before: str, after: str):
    customer = await auth.open(before)
    await correct(auth, customer, email=after)

    assert await auth.events("address_changed") == []


async def test_who_loses_their_address_is_told_at_it(auth: Auth):
    await correct(auth, await auth.open(), email="")

    assert [notice["address"] for notice in await notices(auth)] == [FORMER]


async def test_at_a_shared_mailbox_nothing_else_comes_of_it(auth: Auth):
    await flag(auth, NEW)
    moved = await correct(auth, await auth.open(), email=NEW)

    assert moved.mailbox_shared
    assert [fact["shared"] for fact in await facts(auth, "mailbox_shared_changed")] == [True]
    assert len(await notices(auth)) == 1


async def test_an_import_ends_what_is_under_way_and_mails_nobody(auth: Auth):
    customer = await auth.open()
    await auth.activate()
    await load(auth, file([row(customer.identifier, email=NEW)]))

    (fact,) = await facts(auth, "address_changed")
    assert fact["sealed"] is None
    with pytest.raises(CredentialsNotRecognised):
        await auth.sign_in(customer.identifier, (await auth.mailed_passwords())[0])
    (event,) = await auth.events("address_changed")
    assert event["lane"] == 1
