"""Which details of a person are acceptable, and what makes a new version of a contact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.domain.accounts import Account, Details, correct
from services.auth.domain.details import acceptable
from services.auth.domain.identifiers import generate_identifier
from shared.details import DetailsNotAcceptable
from shared.ids import AccountId, Language, PortalName
from shared.portals.policy import IdentifierRule

DETAILS = Details("M.", "Camille Exemple", "camille@example.org", Language("fr"))
ACCOUNT = Account(
    AccountId(UUID(int=1)), PortalName("egec"), "0123456789", DETAILS, 3, datetime(2026, 1, 1, tzinfo=UTC)
)
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def corrected_at(now: datetime, **changes: object) -> Account:
    return correct(ACCOUNT, replace(DETAILS, **changes), mailbox_shared=False, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Camille\r\nBcc: x@example.org"),
        ("name", "Camille\0"),
        ("name", "Camille \u202eelpmexE"),
        ("name", "Camille\u061c Exemple"),
        ("name", "Cam\u200bille Exemple"),
        ("name", "Cam\u00adille Exemple"),
        ("name", "Camille\ufeff"),
        ("name", "Camille\U000e0041"),
        ("name", "\u200d"),
        ("name", "\u200c \u200d"),
        ("name", "x" * 201),
        ("title", "M.\u2028Exemple"),
        ("email", "camille@example.org\n"),
        ("email", "a@b,c@d"),
        ("language", "français"),
        ("services", ("elsewhere",)),
    ],
)
def test_a_detail_that_is_not_acceptable_is_named(field: str, value: object):
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable(replace(DETAILS, **{field: value}), ("catalogue",))  # type: ignore[arg-type]

    assert [fault.field for fault in refused.value.faults] == [field]


def test_every_fault_is_said_at_once():
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable(Details("", "", "nowhere", Language("?")), ())

    assert [fault.field for fault in refused.value.faults] == ["name", "email", "language"]


def test_a_name_may_be_spelt_with_joiners():
    spelt = "\u0645\u06cc\u200c\u0646\u0627"

    assert acceptable(replace(DETAILS, name=spelt), ()).name == spelt


def test_names_are_composed_and_services_in_order():
    details = acceptable(
        replace(DETAILS, name=" Rene\u0301e ", services=("collection", "catalogue", "collection")),
        ("catalogue", "collection"),
    )

    assert details.name == "Ren\u00e9e"
    assert details.services == ("catalogue", "collection")


def test_a_changed_contact_is_a_new_version():
    corrected = corrected_at(NOW, email="autre@example.org")

    assert corrected.contact_version > ACCOUNT.contact_version
    assert corrected.contact.address == "autre@example.org"


def test_a_new_version_is_newer_even_where_the_clock_has_not_moved_on():
    corrected = corrected_at(datetime.fromtimestamp(0, UTC), email="autre@example.org")

    assert corrected.contact_version == ACCOUNT.contact_version + 1


def test_a_correction_after_a_restore_is_newer_than_all_the_backup_had_lost():
    lost = corrected_at(NOW, email="autre@example.org")
    restored = corrected_at(NOW + timedelta(seconds=1), email="neuve@example.org")

    assert restored.contact_version > lost.contact_version


def test_what_no_mail_shows_is_no_new_version():
    assert corrected_at(NOW, contact_person=True).contact_version == 3


def test_nothing_changed_is_the_same_account():
    assert corrected_at(NOW) is ACCOUNT


def test_made_identifiers_follow_the_portals_rule():
    rule = IdentifierRule(alphabet="digits", length=10)

    drawn = {generate_identifier(rule) for _ in range(1_000)}
    assert all(rule.accepts(identifier) for identifier in drawn)
    assert len(drawn) == 1_000
    assert any(identifier.startswith("0") for identifier in drawn)
