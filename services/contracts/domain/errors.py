"""What contracts refuses. The code is for programs, the docstring is the message; the portal's own text goes before it.

What concerns a key has a text of its own for each case (S0.12).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from shared.errors import DomainError


class KeyRefused(DomainError):
    """The activation key links nothing; why, the kinds below say."""


class KeyMalformed(KeyRefused):
    """This cannot be an activation key: please compare it with the letter, sign by sign."""

    code: ClassVar[str] = "key_malformed"


class KeyUnknown(KeyRefused):
    """There is no such activation key."""

    code: ClassVar[str] = "key_unknown"


class KeyUsed(KeyRefused):
    """This activation key has been used: each works once."""

    code: ClassVar[str] = "key_used"


class KeyRevoked(KeyRefused):
    """This activation key was withdrawn, or a newer one has replaced it."""

    code: ClassVar[str] = "key_revoked"


class KeyExpired(KeyRefused):
    """This activation key has expired."""

    code: ClassVar[str] = "key_expired"


class KeyOfAnotherPortal(KeyRefused):
    """This activation key is for another portal."""

    code: ClassVar[str] = "key_of_another_portal"


class ContractAlreadyLinked(DomainError):
    """The account has this contract already."""

    code: ClassVar[str] = "contract_already_linked"


class TooManyTries(DomainError):
    """Too many activation keys were tried: please wait before trying again."""

    code: ClassVar[str] = "too_many_tries"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class LinkingNotOffered(DomainError):
    """On this portal contracts cannot be linked."""

    code: ClassVar[str] = "linking_not_offered"


class ContractNotFound(DomainError):
    """There is no such contract."""

    code: ClassVar[str] = "contract_not_found"


class AccountNotFound(DomainError):
    """There is no such account."""

    code: ClassVar[str] = "account_not_found"


class AccountIsClosed(DomainError):
    """The account is closed."""

    code: ClassVar[str] = "account_is_closed"


class LinkNotFound(DomainError):
    """The account does not have this contract."""

    code: ClassVar[str] = "link_not_found"


class KeyNotFound(DomainError):
    """There is no such activation key that could still be used."""

    code: ClassVar[str] = "key_not_found"


class KeyRequestNotFound(DomainError):
    """There is no such request for this contract that still waits for its key."""

    code: ClassVar[str] = "key_request_not_found"


class ChecksIncomplete(DomainError):
    """Identity and address must both have been checked before a key is given."""

    code: ClassVar[str] = "checks_incomplete"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__()
        self.missing = tuple(missing)


class NumberTaken(DomainError):
    """The portal has a contract with this number."""

    code: ClassVar[str] = "number_taken"
