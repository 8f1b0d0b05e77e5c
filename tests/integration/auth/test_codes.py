"""Codes apart from passwords: mailed again by the desk (S2.10), and asked for by the contact person (S2.9)."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from services.auth.domain.accounts import Account
from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    AddressMissing,
    CodeNotOffered,
    CodeRequestsNotOffered,
    NotTheContactPerson,
    PeopleIncomplete,
)
from services.auth.domain.names import SubmittedName
from services.auth.domain.new_people import NewPerson
from services.auth.handlers.desk_correct_account import CorrectAccount, correct_account
from services.auth.handlers.desk_mail_code import MailCode, mail_code
from services.auth.handlers.desk_request_codes import RequestCodes, request_codes
from services.auth.handlers.import_accounts import customer_file
from services.auth.sql.names import lock_name
from shared.ids import AccountId, new_id
from shared.imports import check_file, import_file
from tests.integration.auth.conftest import DESK, Auth
from tests.integration.auth.test_closing import close
from tests.integration.auth.test_customer_file import file, row
from tests.integration.auth.test_shared_mailboxes import facts, flag
from tests.support.waiting import until

ALEX, DOMINIQUE = NewPerson("Alex Modèle", "alex@example.org"), NewPerson("Dominique Spécimen", "domi@example.org")


@pytest.fixture
def groupecho(auth: Auth) -> Auth:
    return replace(auth, portal=auth.deps.portals.by_name("groupecho"))


async def contact_person(auth: Auth, **changes: Any) -> Account:
    given = {"contact_person": True, "services": ("catalogue",), **changes}
    opened = await auth.open("ressource@example.org")
    return await correct_account(auth.deps, CorrectAccount(auth.portal, DESK, opened.id, given))


async def ask(auth: Auth, by: Account, *people: NewPerson) -> list[Account]:
    return list(await request_codes(auth.deps, RequestCodes(auth.portal, DESK, str(by.id), people)))


async def mailed(auth: Auth) -> list[str]:
    """Whose code was, in the order of the facts."""
    return [fact["account_id"] for fact in await facts(auth, "code_requested")]


async def names_on_file(auth: Auth) -> list[str]:
    return [row["name"] for row in await auth.owner("select name from accounts order by id")]


async def test_s2_10_a_code_is_mailed_to_the_contact_as_it_is(groupecho: Auth):
    customer = await groupecho.open()
    await flag(groupecho)
    await mail_code(groupecho.deps, MailCode(groupecho.portal, DESK, customer.id))

    (fact,) = await facts(groupecho, "code_requested")
    (contact,) = (await facts(groupecho, "contact_changed"))[-1:]
    assert (fact["account_id"], fact["contact_version"]) == (str(customer.id), contact["version"])
    assert customer.identifier not in json.dumps(fact)
    assert await groupecho.owner("select * from credentials") == []


async def test_s2_10_where_it_cannot_be_mailed_the_desk_is_told_why(groupecho: Auth):
    unreachable, closed = await groupecho.open(""), await groupecho.open()
    await close(groupecho, closed)
    expected = {unreachable.id: AddressMissing, closed.id: AccountIsClosed, AccountId(new_id()): AccountNotFound}
    for account_id, refusal in expected.items():
        with pytest.raises(refusal):
            await mail_code(groupecho.deps, MailCode(groupecho.portal, DESK, account_id))
    at_ecocito = groupecho.deps.portals.by_name("ecocito")
    with pytest.raises(CodeNotOffered):
        await mail_code(groupecho.deps, MailCode(at_ecocito, DESK, closed.id))

    assert await mailed(groupecho) == []


async def test_s2_09_all_are_opened_and_mailed_their_codes_and_none_a_password(groupecho: Auth):
    asking = await contact_person(groupecho)
    alex, dominique = await ask(groupecho, asking, ALEX, DOMINIQUE)

    assert alex.identifier != dominique.identifier
    assert (alex.details.language, alex.details.services) == ("fr", ("catalogue",))
    assert not alex.details.contact_person
    assert await mailed(groupecho) == [str(alex.id), str(dominique.id)]
    told = [event["type"].split(".")[2] for event in await groupecho.events() if event["aggregateid"] == alex.id]
    assert told == ["account_opened", "contact_changed", "code_requested"]
    assert await groupecho.owner("select * from credentials") == []


async def test_s2_09_anyone_else_is_refused_and_nothing_is_created(groupecho: Auth):
    employee, former = await groupecho.open(), await contact_person(groupecho)
    await close(groupecho, former)
    elsewhere = await contact_person(replace(groupecho, portal=groupecho.deps.portals.by_name("egec")), services=())
    before = await names_on_file(groupecho)
    for asking in (str(employee.id), str(former.id), str(elsewhere.id), str(new_id()), "", "Camille Exemple"):
        with pytest.raises(NotTheContactPerson):
            await request_codes(groupecho.deps, RequestCodes(groupecho.portal, DESK, asking, [ALEX]))

    assert await names_on_file(groupecho) == before
    assert await mailed(groupecho) == []


async def test_s2_09_where_contact_persons_do_not_ask_nobody_does(groupecho: Auth):
    asking = await contact_person(groupecho)

    with pytest.raises(CodeRequestsNotOffered):
        await ask(replace(groupecho, portal=groupecho.deps.portals.by_name("egec")), asking, ALEX)


async def test_s2_09_one_that_is_incomplete_refuses_all(groupecho: Auth):
    asking = await contact_person(groupecho)
    before = await names_on_file(groupecho)
    with pytest.raises(PeopleIncomplete) as refused:
        await ask(groupecho, asking, ALEX, NewPerson("Dominique", ""), DOMINIQUE)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("people/1/email", "missing"),
        ("people/1/name", "name_not_full"),
    ]
    assert await names_on_file(groupecho) == before
    assert await mailed(groupecho) == []


async def test_s2_09_who_is_in_the_file_already_gets_their_code_again_and_no_second_account(groupecho: Auth):
    asking = await contact_person(groupecho)
    (alex,) = await ask(groupecho, asking, ALEX)
    again = await ask(
        groupecho, asking, NewPerson("alex MODÈLE", "Alex@example.org"), DOMINIQUE, ALEX, asking_as(asking)
    )

    assert [account.id for account in (again[0], again[2], again[3])] == [alex.id, alex.id, asking.id]
    assert sorted(await names_on_file(groupecho)) == ["Alex Modèle", "Camille Exemple", "Dominique Spécimen"]
    assert await mailed(groupecho) == [str(one) for one in (alex.id, alex.id, again[1].id, asking.id)]


def asking_as(account: Account) -> NewPerson:
    return NewPerson(account.details.name, account.details.email)


async def test_s2_09_two_people_at_one_address_are_two(groupecho: Auth):
    asking = await contact_person(groupecho)
    both = await ask(groupecho, asking, ALEX, replace(DOMINIQUE, email=ALEX.email))

    assert len({account.id for account in both}) == 2


async def test_s2_09_at_a_flagged_address_the_code_arrives_and_no_password_will(groupecho: Auth):
    asking = await contact_person(groupecho)
    await flag(groupecho, ALEX.email)
    (alex,) = await ask(groupecho, asking, ALEX)

    assert alex.mailbox_shared
    assert await mailed(groupecho) == [str(alex.id)]


async def test_s2_09_whose_account_is_closed_is_named_and_nobody_is_opened(groupecho: Auth):
    asking = await contact_person(groupecho)
    (alex,) = await ask(groupecho, asking, ALEX)
    await close(groupecho, alex)
    with pytest.raises(PeopleIncomplete) as refused:
        await ask(groupecho, asking, DOMINIQUE, ALEX)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("people/1", "account_is_closed")]
    assert "Dominique Spécimen" not in await names_on_file(groupecho)


async def test_s2_09_asked_for_at_once_each_is_opened_once(groupecho: Auth):
    asking, other = await contact_person(groupecho), await contact_person(groupecho)
    orders = [(by, people) for by in (asking, other) for people in ((ALEX, DOMINIQUE), (DOMINIQUE, ALEX))]
    async with groupecho.deps.db.transaction() as tx:
        await lock_name(tx, groupecho.portal.name, SubmittedName("email", ALEX.email))
        asked = [asyncio.create_task(ask(groupecho, by, *people)) for by, people in orders]
        await until(lambda: waiting(groupecho, len(orders)))
    await asyncio.gather(*asked)

    assert sorted(await names_on_file(groupecho)) == ["Alex Modèle", *["Camille Exemple"] * 2, "Dominique Spécimen"]
    assert len(await mailed(groupecho)) == 8


async def waiting(auth: Auth, count: int) -> bool:
    """Whether so many wait for their turn."""
    turns = """select 1 from pg_locks l join pg_database d on d.oid = l.database
                where l.locktype = 'advisory' and not l.granted and d.datname = current_database()"""
    return len(await auth.owner(turns)) == count


async def test_s2_09_the_audit_has_ids_and_no_names(groupecho: Auth):
    asking = await contact_person(groupecho)
    (alex,) = await ask(groupecho, asking, ALEX)
    await ask(groupecho, asking, ALEX)

    entries = await groupecho.owner(
        "select account_id, details from audit where action = 'codes_requested' order by seq"
    )
    assert [(entry["account_id"], json.loads(entry["details"])) for entry in entries] == [
        (asking.id, {"opened": [str(alex.id)], "known": []}),
        (asking.id, {"opened": [], "known": [str(alex.id)]}),
    ]


async def test_s2_01_an_import_mails_the_codes_of_those_it_opens_if_it_is_asked_to(groupecho: Auth):
    known = await groupecho.open("connu@example.org")
    lines = [
        row(known.identifier, email="connu@example.org", name="Camille Autre"),
        row("Nouveau1", email="alex@example.org"),
        row("Nouveau2", email=""),
    ]
    kind, source = customer_file(groupecho.portal, send_codes=True), file(lines)
    checked = check_file(source, kind.layout, lambda fault: pytest.fail(str(fault)), lambda _: None)
    await import_file(groupecho.deps.db, kind, source, checked, lambda _: None)

    (opened,) = await groupecho.owner("select id from accounts where identifier = 'Nouveau1'")
    (event,) = await groupecho.events("code_requested")
    assert (event["aggregateid"], event["lane"]) == (opened["id"], 1)
    with pytest.raises(CodeNotOffered):
        customer_file(groupecho.deps.portals.by_name("ecocito"), send_codes=True)
