"""What an account is again after a restore: as careful as what was told of it since."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.auth.domain.accounts import close, nobody, reopen
from services.auth.domain.credentials import Credential, Password, PasswordHash
from services.auth.domain.recalled import closed_as_told, opening_as_told, reached_as_told
from shared.events import AccountClosed, AccountReopened, ContactChanged, MailboxSharedChanged, PasswordRegenerated
from shared.ids import AccountId, Language, PortalName

NOW = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
LATER = NOW + timedelta(minutes=40)
ID, PORTAL = AccountId(UUID(int=1)), PortalName("own")
ABOUT = {"account_id": ID, "portal": PORTAL}

CHOSEN = Password(PasswordHash("chosen"), generated=False)
MAILED = Password(PasswordHash("mailed"), generated=True)


def regenerated(generation: int) -> PasswordRegenerated:
    return PasswordRegenerated(
        **ABOUT, generation=generation, contact_version=1, deliver_until=LATER, expires_at=None, sealed="x"
    )


def test_a_password_that_was_replaced_opens_nothing_though_the_newer_one_is_lost() -> None:
    assert opening_as_told(Credential(ID, 5, CHOSEN), regenerated(6), NOW) == Credential(ID, 6)


def test_what_the_backup_knows_already_changes_nothing() -> None:
    credential = Credential(ID, 5, CHOSEN)
    assert opening_as_told(credential, regenerated(5), NOW) is credential
    assert opening_as_told(credential, regenerated(4), NOW) is credential


def test_a_flag_ends_again_what_was_mailed_and_not_used_and_nothing_else() -> None:
    flagged = MailboxSharedChanged(**ABOUT, shared=True, changed_at=NOW, generation=6)
    assert opening_as_told(Credential(ID, 5, MAILED, CHOSEN), flagged, NOW) == Credential(ID, 6, CHOSEN)
    assert opening_as_told(Credential(ID, 5, CHOSEN), flagged, NOW) == Credential(ID, 6, CHOSEN)


def test_an_account_is_closed_or_open_as_the_last_of_both_was_told() -> None:
    account = nobody(ID, PORTAL, NOW)
    closed = AccountClosed(**ABOUT, closed_at=LATER)
    reopened = AccountReopened(**ABOUT, reopened_at=LATER + timedelta(minutes=1))

    assert closed_as_told(account, closed).closed_at == LATER
    assert closed_as_told(closed_as_told(account, closed), reopened).closed_at is None
    known = reopen(close(account, LATER), LATER + timedelta(minutes=1))
    assert closed_as_told(known, closed) is known
    assert closed_as_told(known, reopened) is known


def test_a_contact_no_newer_than_the_backups_is_not_taken() -> None:
    account = nobody(ID, PORTAL, NOW)
    told = ContactChanged(
        **ABOUT,
        version=account.contact_version + 1,
        identifier="",
        address="neuve@example.org",
        title="",
        name="Camille Exemple",
        language=Language("fr"),
        shared=True,
    )
    newer = reached_as_told(account, told)
    assert newer.contact == told
    assert newer.mailbox_shared
    older = told.model_copy(update={"version": account.contact_version})
    assert reached_as_told(account, older) is account
