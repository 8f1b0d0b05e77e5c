"""A forgotten password: a link by mail leads to the choice of another."""

from dataclasses import dataclass
from datetime import datetime

from services.auth.domain.accounts import Account
from services.auth.domain.errors import TokenExpired
from services.auth.domain.mailed_tokens import require_open
from services.auth.domain.names import folded
from shared.ids import AccountId


@dataclass(frozen=True, slots=True)
class Reset:
    token_hash: bytes
    account_id: AccountId
    email_folded: str  # where the account was reached when the link was asked for
    expires_at: datetime
    ended_at: datetime | None = None  # when its token was used, or another one of the account

    def require_open(self, account: Account, now: datetime) -> None:
        """A link that is on its way to an address which is not the account's any more, or not the person's alone, or
        for an account that was closed, leads nowhere. Raises TokenUsed, TokenExpired."""
        require_open(ended_at=self.ended_at, expires_at=self.expires_at, now=now)
        if not account.gets_passwords or folded(account.details.email) != self.email_folded:
            raise TokenExpired
