"""The life of a key, what is known of an account, and what is shown of a contract."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract, Details, acceptable
from services.contracts.domain.errors import KeyExpired, KeyOfAnotherPortal, KeyRefused, KeyRevoked, KeyUsed
from services.contracts.domain.keys import IssuedKey, ensure_redeemable, missing_checks
from shared.details import DetailsNotAcceptable
from shared.events import ContactChanged
from shared.ids import AccountId, ContractId, KeyId, Language, PortalName

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HERE, THERE = PortalName("ecocito"), PortalName("default")
WHOSE, WHICH = AccountId(UUID(int=1)), ContractId(UUID(int=2))


def key(expires: datetime = NOW + SECOND, used: bool = False, revoked: bool = False) -> IssuedKey:
    return IssuedKey(KeyId(UUID(int=3)), WHICH, HERE, expires, NOW if used else None, NOW if revoked else None)


@pytest.mark.parametrize(
    ("issued", "portal", "refusal"),
    [
        (key(), THERE, KeyOfAnotherPortal),
        (key(used=True), HERE, KeyUsed),
        (key(revoked=True), HERE, KeyRevoked),
        (key(expires=NOW), HERE, KeyExpired),
        (key(expires=NOW, revoked=True), HERE, KeyRevoked),
        (key(used=True), THERE, KeyOfAnotherPortal),
    ],
)
def test_each_key_that_links_nothing_says_why(issued: IssuedKey, portal: PortalName, refusal: type[KeyRefused]):
    with pytest.raises(refusal):
        ensure_redeemable(issued, portal, NOW)


def test_a_live_key_links_until_it_expires():
    ensure_redeemable(key(), HERE, NOW)


def test_what_was_not_checked_is_named():
    assert missing_checks(identity_checked=True, address_checked=True) == ()
    assert missing_checks(identity_checked=False, address_checked=True) == ("identity_checked",)
    assert missing_checks(identity_checked=False, address_checked=False) == ("identity_checked", "address_checked")


def fact(version: int, name: str = "Camille Exemple") -> ContactChanged:
    return ContactChanged(
        account_id=WHOSE,
        portal=HERE,
        version=version,
        identifier="0000000001",
        address="",
        title="",
        name=name,
        language=Language("fr"),
        shared=False,
    )


def test_an_older_contact_changes_nothing():
    account = Account(WHOSE, HERE).reached_by(fact(2, "New"))

    assert account.reached_by(fact(1, "Old")) is account
    assert account.reached_by(fact(2, "Other")) is account
    assert account.contact is not None
    assert account.contact.name == "New"


def test_who_was_erased_stays_erased():
    account = Account(WHOSE, HERE).reached_by(fact(1)).without_contact()

    assert account.reached_by(fact(9)) == account
    assert account.identifier is None


def test_sessions_end_for_good():
    account = Account(WHOSE, HERE).signed_out(NOW)

    assert account.signed_out(NOW - SECOND) is account
    assert account.signed_out(NOW + SECOND).sessions_ended_at == NOW + SECOND


def test_the_version_of_what_is_active_only_grows():
    first = Account(WHOSE, HERE).looking_at(WHICH, NOW)
    second = first.looking_at(None, NOW - SECOND)

    assert first.looking_at(WHICH, NOW + SECOND) is first
    assert second.active_version > first.active_version


def test_a_contract_without_a_label_is_called_by_its_number():
    assert Contract(WHICH, HERE, Details("23-1", "", "", "", "")).title == "23-1"
    assert Contract(WHICH, HERE, Details("23-1", "Maison", "", "", "")).title == "Maison"


@pytest.mark.parametrize(
    ("street", "postal_code", "city", "address"),
    [
        ("4 rue du Puits", "23000", "Guéret", "4 rue du Puits, 23000 Guéret"),
        ("", "23000", "Guéret", "23000 Guéret"),
        ("4 rue du Puits", "", "", "4 rue du Puits"),
        ("", "", "", ""),
    ],
)
def test_an_address_leaves_no_gap_for_what_is_missing(street: str, postal_code: str, city: str, address: str):
    contract = Contract(WHICH, HERE, Details("23-1", "", street, postal_code, city))

    assert contract.linked(active=False).address == address


def test_details_are_tidied_or_refused_with_every_fault():
    assert acceptable(Details(" 23-1 ", "e\u0301", "", "", "")) == Details("23-1", "é", "", "", "")
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable(Details(" ", "a\nb", "x" * 201, "", ""))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("number", "missing"),
        ("label", "character_not_accepted"),
        ("street", "too_long"),
    ]
