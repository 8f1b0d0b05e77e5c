"""Accounts, deliveries and facts to change in one point and look at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifier.domain.accounts import Account, Contact
from services.notifier.domain.deliveries import Delivery, State, delivery_id
from services.notifier.domain.facts import Fact, Heard
from services.notifier.domain.mails import Mail
from shared.events import (
    ActivationMatchedSeveral,
    ContactChanged,
    ContractLinked,
    ContractUnlinked,
    PasswordChanged,
    PasswordRegenerated,
    RegistrationRequested,
    ResetRequested,
)
from shared.ids import AccountId, ContractId, EventId, Language, PortalName

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
ACCOUNT = AccountId(UUID("01968c1e-7a00-7000-8000-000000000001"))
PORTAL = PortalName("sample")
TRACE = f"00-{1:032x}-{2:016x}-01"


def an_event_id(number: int = 1) -> EventId:
    return EventId(UUID(int=(0x01968C1E7A00_7000 << 64) | (0b10 << 62) | number))


def a_contact(**changes: Any) -> Contact:
    contact = Contact(1, "0000000001", "camille@example.org", "Mme", "Camille Exemple", Language("fr"), shared=False)
    return replace(contact, **changes)


def an_account(**changes: Any) -> Account:
    return replace(Account(ACCOUNT, PORTAL, generation=1, contact=a_contact()), **changes)


def a_delivery(**changes: Any) -> Delivery:
    delivery = Delivery(
        id=delivery_id(an_event_id(), Mail.PASSWORD_REGENERATED),
        account_id=ACCOUNT,
        portal=PORTAL,
        mail=Mail.PASSWORD_REGENERATED,
        caused_by=an_event_id(),
        occurred_at=NOW,
        generation=1,
        contact_version=1,
        deliver_until=NOW + timedelta(hours=4),
        sealed="sealed",
        traceparent=TRACE,
        state=State.QUEUED,
        due_at=NOW,
    )
    return replace(delivery, **changes)


def a_fact(event: Heard | None, number: int = 1, *, at: datetime = NOW) -> Fact:
    return Fact(an_event_id(number), ACCOUNT, PORTAL, at, TRACE, event)


def regenerated(generation: int, *, contact_version: int = 1) -> PasswordRegenerated:
    return PasswordRegenerated(
        portal=PORTAL,
        account_id=ACCOUNT,
        generation=generation,
        contact_version=contact_version,
        deliver_until=NOW + timedelta(hours=4),
        expires_at=None,
        sealed=f"sealed {generation}",
    )


def matched_several() -> ActivationMatchedSeveral:
    return ActivationMatchedSeveral(
        portal=PORTAL, account_id=ACCOUNT, contact_version=1, deliver_until=NOW + timedelta(hours=4)
    )


ABOUT: dict[str, Any] = {"portal": PORTAL, "account_id": ACCOUNT, "deliver_until": NOW + timedelta(hours=4)}
CONTRACT = ContractId(UUID("01968c1e-7a00-7000-8000-0000000000c1"))


def reset_requested() -> ResetRequested:
    return ResetRequested(**ABOUT, contact_version=1, sealed="sealed")


def password_changed(generation: int) -> PasswordChanged:
    return PasswordChanged(**ABOUT, contact_version=1, generation=generation, changed_at=NOW)


def registration_requested() -> RegistrationRequested:
    return RegistrationRequested(**ABOUT, language=Language("en"), sealed="sealed")


def linked(by: Any = "key") -> ContractLinked:
    return ContractLinked(**ABOUT, contract_id=CONTRACT, linked_at=NOW, by=by, sealed="sealed")


def unlinked(by: Any = "operator") -> ContractUnlinked:
    return ContractUnlinked(**ABOUT, contract_id=CONTRACT, unlinked_at=NOW, by=by, sealed="sealed")


def contact_changed(version: int, **changes: Any) -> ContactChanged:
    values = {"identifier": "0000000001", "address": "camille@example.org", "title": "Mme", "name": "Camille Exemple"}
    return ContactChanged(
        portal=PORTAL,
        account_id=ACCOUNT,
        version=version,
        **{**values, "language": "fr", "shared": False, **changes},
    )
