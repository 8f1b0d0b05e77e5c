"""The customer file: checked as a whole, applied a thousand rows at a time, and nobody is mailed."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from services.auth.domain.customer_file import COLUMNS
from services.auth.handlers.import_accounts import customer_file
from shared.imports import Counts, Fault, check_file, import_file
from shared.imports.progress import begin_import, lock_progress
from shared.portals import Portal, load_portals
from tests.integration.auth.conftest import Auth


def row(
    identifier: str, *, name: str = "Camille Exemple", email: str = "camille@example.org", **more: str
) -> dict[str, str]:
    return {"identifier": identifier, "title": "M.", "name": name, "email": email, "language": "fr", **more}


def file(rows: Iterable[dict[str, str]], columns: Sequence[str] = COLUMNS) -> io.BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


@pytest.fixture(scope="module")
def egec() -> Portal:
    return load_portals(Path(__file__).parents[3] / "deploy" / "portals").by_name("egec")


def faults(portal: Portal, source: io.BytesIO) -> list[str]:
    found: list[Fault] = []
    check_file(source, customer_file(portal).layout, found.append, lambda _: None)
    return [f"{fault.line}: {fault.message}" for fault in found]


async def load(auth: Auth, source: io.BytesIO) -> Counts:
    checked = check_file(
        source, customer_file(auth.portal).layout, lambda fault: pytest.fail(str(fault)), lambda _: None
    )
    return await import_file(auth.deps.db, customer_file(auth.portal), source, checked, lambda _: None)


async def versions(auth: Auth) -> dict[str, int]:
    """Of the contact, by the address it has."""
    rows = await auth.owner("select email, contact_version from accounts")
    return {row["email"]: row["contact_version"] for row in rows}


async def test_new_customers_are_opened_and_nobody_is_mailed(auth: Auth):
    counts = await load(auth, file([row("0000000001"), row("0000000002", email="autre@example.org")]))

    assert counts == Counts(rows_done=2, created=2)
    assert [event["type"] for event in await auth.events()] == [
        "guichet.auth.account_opened.v1",
        "guichet.auth.contact_changed.v1",
    ] * 2
    assert {event["lane"] for event in await auth.events()} == {1}
    await auth.activate()
    await auth.sign_in("0000000001", (await auth.mailed_passwords())[0])


async def test_the_same_file_again_changes_nothing_and_publishes_nothing(auth: Auth):
    rows = [row("0000000001"), row("", email="autre@example.org")]
    await load(auth, file(rows))
    before = await auth.events()

    assert await load(auth, file(rows)) == Counts(rows_done=2, unchanged=2)
    assert await auth.events() == before


async def test_a_changed_address_is_a_new_version_of_the_contact(auth: Auth):
    await load(auth, file([row("0000000001"), row("0000000002")]))
    stood = await versions(auth)
    await load(auth, file([row("0000000001", email="neuve@example.org"), row("0000000002")]))

    stand = await versions(auth)
    assert stand["camille@example.org"] == stood["camille@example.org"]
    assert stand["neuve@example.org"] > stood["camille@example.org"]
    assert len(await auth.events("contact_changed")) == 3


async def test_an_empty_identifier_is_made_by_the_portals_rule(auth: Auth):
    await load(auth, file([row("", email=f"camille{number}@example.org") for number in range(20)]))

    identifiers = {each["identifier"] for each in await auth.owner("select identifier from accounts")}
    assert len(identifiers) == 20
    assert all(auth.portal.policy.identifier.accepts(identifier) for identifier in identifiers)


async def test_columns_a_file_lacks_stay_as_they_are(auth: Auth):
    customer = await auth.open(mailbox_shared=True)
    await load(auth, file([row(customer.identifier, name="Camille Autre")], ["identifier", "name", "email"]))

    (kept,) = await auth.owner("select title, name, language, mailbox_shared from accounts")
    assert tuple(kept.values()) == ("M.", "Camille Autre", "fr", True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (row("123"), "identifier: is no identifier of this portal (10 digits)"),
        (row("12345678\u0669\u0660"), "identifier: is no identifier"),
        (row("0000000001", email="a@b,c@d"), "email: "),
        (row("0000000001", email="-rf@example.org"), "email: "),
        (row("0000000001", email="camille@example.org\r\nBcc: x@example.org"), "email: "),
        (row("0000000001", email="camille\0@example.org"), "email: "),
        (row("0000000001", name=""), "name: is empty"),
        (row("0000000001", name="Camille\r\nBcc: x@example.org"), "name: has a line end"),
        (row("0000000001", shared_mailbox="oui"), "shared_mailbox: is neither true nor false"),
        (row("0000000001", language="français"), "language: "),
        (row("0000000001", services="catalogue"), "services: names a service the portal does not have"),
        (row("", email=""), "identifier: is empty"),
    ],
)
def test_a_fault_names_line_and_field_and_repeats_nobodys_data(egec: Portal, line: dict[str, str], said: str):
    (fault,) = faults(egec, file([row("0000000009"), line]))

    number, message = fault.split(": ", 1)
    assert int(number) >= 3
    assert message.startswith(said)
    assert "camille" not in message.lower()


def test_what_stands_twice_is_said_with_both_lines(egec: Portal):
    rows = [row("0000000001"), row(""), row("0000000002"), row("0000000001"), row("", email="CAMILLE@example.org")]

    assert faults(egec, file(rows)) == [
        "5: identifier: line 2 has this identifier already",
        "6: identifier: line 3 has this name and email, and no identifier already",
    ]


class BrokenOff(Exception):
    pass


async def load_but_break_off(auth: Auth, source: io.BytesIO, after: int) -> None:
    def break_off(counts: Counts) -> None:
        if counts.rows_done == after:
            raise BrokenOff

    checked = check_file(source, customer_file(auth.portal).layout, print, lambda _: None)
    with pytest.raises(BrokenOff):
        await import_file(auth.deps.db, customer_file(auth.portal), source, checked, break_off)


async def test_broken_off_it_goes_on_after_its_last_whole_batch(auth: Auth):
    rows = [row(f"{number:010}", email=f"c{number}@example.org") for number in range(2_500)]
    source = file(rows)
    await load_but_break_off(auth, source, after=2_000)
    checked = check_file(source, customer_file(auth.portal).layout, print, lambda _: None)
    seen: list[Counts] = []
    counts = await import_file(auth.deps.db, customer_file(auth.portal), source, checked, seen.append)

    assert len(seen) == 1
    assert counts == Counts(rows_done=2_500, created=2_500)
    assert len(await auth.events("account_opened")) == 2_500
    (entry,) = await auth.owner("select * from audit where action = 'accounts_imported'")
    assert entry["details"] == '{"changed": 0, "created": 2500, "unchanged": 0}'


async def test_it_begins_anew_where_another_file_was_imported_meanwhile(auth: Auth):
    first, second = (
        file([row(f"{number:010}", name=name) for number in range(1_200)]) for name in ("Camille Un", "Camille Deux")
    )
    await load_but_break_off(auth, first, after=1_000)
    await load(auth, second)

    assert await load(auth, first) == Counts(rows_done=1_200, changed=1_200)
    assert await auth.owner("select distinct name from accounts") == [{"name": "Camille Un"}]


async def test_an_import_has_no_progress_any_more_once_another_was_begun(auth: Auth):
    first, second = (file([row(f"{number:010}") for number in range(count)]) for count in (1_200, 1_300))
    checked = check_file(first, customer_file(auth.portal).layout, print, lambda _: None)
    async with auth.deps.db.transaction() as tx:
        await begin_import(tx, auth.portal.name, checked.fingerprint)
    await load_but_break_off(auth, second, after=1_000)

    async with auth.deps.db.transaction() as tx:
        assert await lock_progress(tx, auth.portal.name, checked.fingerprint) is None


async def test_a_file_of_exactly_whole_batches_ends_too(auth: Auth):
    await load(auth, file([row(f"{number:010}", email=f"c{number}@example.org") for number in range(1_000)]))

    assert await auth.owner("select * from imports") == []
    assert len(await auth.owner("select * from audit where action = 'accounts_imported'")) == 1
