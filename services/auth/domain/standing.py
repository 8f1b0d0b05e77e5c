"""How a person's account stands, for whoever answers them: what opens it, and what was asked for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential
from services.auth.domain.errors import AddressMissing, MailboxShared

PasswordStanding = Literal["none", "chosen", "used", "unused", "ended"]

# What of the audit is shown on a person's page; each has its words, `desk.person.did.<action>`.
REQUESTS = (
    "account_opened",
    "activation_asked",
    "activation_refused",
    "activation_requested",
    "password_released_verbally",
    "verbal_release_refused",
    "code_mailed",
    "codes_requested",
    "account_closed",
    "account_reopened",
    "registration_asked",
    "language_changed",
    "address_change_asked",
    "address_changed",
    "password_changed",
    "password_reset",
)
SEVERAL = "matched_several"  # an outcome that concerns every account at the address


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was asked for an account, by whom and from where; refused or not."""

    at: datetime
    action: str
    outcome: str | None  # a code; None: it was done
    by: str  # kind of the audit's actor
    name: str | None  # of the member of staff, or of the machine
    origin: str  # the client's address, or the command that was used
    times: int = 1  # how often at a stretch; `at` is the last


def why_nothing(matched: Sequence[Account]) -> str:
    """Why a request for a password mailed nothing to the one open account that has the name, or to nobody."""
    if not matched:
        return "nobody"
    return MailboxShared.code if matched[0].mailbox_shared else AddressMissing.code


def password_standing(credential: Credential, now: datetime) -> PasswordStanding:
    """Of the newest password; one that a newer request has not replaced yet may open the account beside it."""
    newest = credential.newest
    if newest is None:
        return "none"
    if not newest.opens(now):
        return "ended"
    if not newest.generated:
        return "chosen"
    return "unused" if newest.used_at is None else "used"


def in_stretches(asked: Iterable[Asked]) -> Sequence[Asked]:
    """Newest first, as given: what was asked again and again with one outcome from one place is one line."""
    stretches: list[Asked] = []
    for each in asked:
        if stretches and _same(stretches[-1], each):
            stretches[-1] = replace(stretches[-1], times=stretches[-1].times + 1)
        else:
            stretches.append(each)
    return stretches


def _same(one: Asked, other: Asked) -> bool:
    return replace(one, at=other.at, times=other.times) == other
