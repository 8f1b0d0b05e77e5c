"""Opening an account oneself (S0.3): asked for by anybody, confirmed by whoever reads the mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.auth.domain.accounts import Details
from services.auth.domain.details import acceptable
from services.auth.domain.mailed_tokens import require_open
from shared.details import DetailFault, DetailsNotAcceptable
from shared.ids import AccountId, PortalName

# Anybody can have a mail sent to anybody: the name in it must not be an advertisement, nor become a link.
LIKE_A_LINK = re.compile(r"[/\\@<>]|www\.|\w{2,}\.\w{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Registration:
    """`account_id` is the one the account will have."""

    token_hash: bytes
    account_id: AccountId
    portal: PortalName
    details: Details
    expires_at: datetime
    ended_at: datetime | None = None  # when its token was used, or another one for the same address

    def require_open(self, now: datetime) -> None:
        """Raises TokenUsed, TokenExpired."""
        require_open(ended_at=self.ended_at, expires_at=self.expires_at, now=now)


def acceptable_as_own(details: Details) -> Details:
    """What a stranger says of themselves, composed. Raises DetailsNotAcceptable with every fault."""
    faults = list(_own_faults(details))
    try:
        tidy = acceptable(details, offered_services=())
    except DetailsNotAcceptable as error:
        raise DetailsNotAcceptable([*error.faults, *faults]) from None
    if faults:
        raise DetailsNotAcceptable(faults)
    return tidy


def _own_faults(details: Details) -> Iterator[DetailFault]:
    if not details.email.strip():
        yield DetailFault("email", "missing", "is empty")
    if LIKE_A_LINK.search(details.name):
        yield DetailFault("name", "like_a_link", "looks like an address on the Web")
