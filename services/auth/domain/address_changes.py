"""Another address for oneself (B12): asked for with the password, confirmed by whoever reads the mail sent there."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential, PasswordHash
from services.auth.domain.errors import TokenExpired
from services.auth.domain.mailed_tokens import require_open
from shared.ids import AccountId


@dataclass(frozen=True, slots=True)
class AddressChange:
    token_hash: bytes
    account_id: AccountId
    email: str
    former_folded: str  # the account's address when this one was asked for
    asked_with: bytes  # `digest` of the password that was shown
    expires_at: datetime
    ended_at: datetime | None = None  # when its token was used, or another one of the account was asked for

    def require_open(self, account: Account, credential: Credential, now: datetime) -> None:
        """The password it was asked with must still open the account: whoever notices that another person knows theirs
        and gets a new one has stopped this, too. Raises TokenUsed, TokenExpired."""
        require_open(ended_at=self.ended_at, expires_at=self.expires_at, now=now)
        moved = account.address != self.former_folded
        known = [one for one in (credential.newest, credential.former) if one and digest(one.hash) == self.asked_with]
        if account.closed_at is not None or moved or not any(one.opens(now) for one in known):
            raise TokenExpired


def digest(password_hash: PasswordHash) -> bytes:
    """Enough to know the password again as long as it is one of the account's, and nothing to find it out with."""
    return hashlib.sha256(password_hash.encode()).digest()
