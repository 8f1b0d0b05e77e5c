"""Which token makes another address the account's (B12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.domain.accounts import Account, Details
from services.auth.domain.address_changes import AddressChange, digest
from services.auth.domain.credentials import Credential, Password, PasswordHash, choose, regenerate
from services.auth.domain.errors import TokenExpired, TokenUsed
from services.auth.domain.mailed_tokens import ADDRESS_CHANGE_LASTS
from shared.ids import AccountId, Language, PortalName
from shared.portals import PasswordPolicy

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HASH, OTHER = PasswordHash("$argon2id$one"), PasswordHash("$argon2id$other")
ID = AccountId(UUID(int=1))
DETAILS = Details("", "Camille Exemple", "Camille@Example.org", Language("fr"))
ACCOUNT = Account(ID, PortalName("default"), "1", DETAILS, 1, NOW)
KNOWN = Credential(ID, 1, Password(HASH, generated=False))
ASKED = AddressChange(b"", ID, "new@example.org", "camille@example.org", digest(HASH), NOW + ADDRESS_CHANGE_LASTS)


def test_it_is_open_for_a_day() -> None:
    ASKED.require_open(ACCOUNT, KNOWN, NOW + ADDRESS_CHANGE_LASTS - timedelta(microseconds=1))
    with pytest.raises(TokenExpired):
        ASKED.require_open(ACCOUNT, KNOWN, NOW + ADDRESS_CHANGE_LASTS)


def test_it_works_once() -> None:
    with pytest.raises(TokenUsed):
        replace(ASKED, ended_at=NOW).require_open(ACCOUNT, KNOWN, NOW)


@pytest.mark.parametrize(
    "account",
    [replace(ACCOUNT, closed_at=NOW), replace(ACCOUNT, details=replace(DETAILS, email="corrected@example.org"))],
    ids=["closed", "corrected at the desk"],
)
def test_it_is_for_the_account_as_it_was(account: Account) -> None:
    with pytest.raises(TokenExpired):
        ASKED.require_open(account, KNOWN, NOW)


def test_the_password_it_was_asked_with_must_still_open_the_account() -> None:
    at_once = PasswordPolicy(former="replaced_at_once")
    for since in (choose(KNOWN, OTHER, NOW), regenerate(KNOWN, OTHER, at_once, NOW), Credential(ID, 2)):
        with pytest.raises(TokenExpired):
            ASKED.require_open(ACCOUNT, since, NOW)


def test_what_a_stranger_asks_for_ends_it_only_where_that_ends_the_password() -> None:
    kept = regenerate(KNOWN, OTHER, PasswordPolicy(former="valid_until_used"), NOW)
    ASKED.require_open(ACCOUNT, kept, NOW)
