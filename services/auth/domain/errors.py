"""What auth refuses. The code is for programs, the docstring is the message; the portal's own text goes before it."""

from datetime import timedelta
from typing import ClassVar

from shared.errors import DomainError


class AccountNotRecognised(DomainError):
    """No account has this name."""

    code: ClassVar[str] = "account_not_recognised"


class CredentialsNotRecognised(DomainError):
    """No account has this name and this password."""

    code: ClassVar[str] = "credentials_not_recognised"


class TooManyRequests(DomainError):
    """This was tried too often: please wait before trying again."""

    code: ClassVar[str] = "too_many_requests"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class NotSignedIn(DomainError):
    """Nobody is signed in here."""

    code: ClassVar[str] = "not_signed_in"


class AccountNotFound(DomainError):
    """There is no such account."""

    code: ClassVar[str] = "account_not_found"


class IdentifierTaken(DomainError):
    """This identifier belongs, or once belonged, to another account: identifiers are never used twice."""

    code: ClassVar[str] = "identifier_taken"


class MailboxShared(DomainError):
    """The address is a shared mailbox: no password is sent there."""

    code: ClassVar[str] = "mailbox_shared"


class AddressMissing(DomainError):
    """The account has no e-mail address."""

    code: ClassVar[str] = "address_missing"


class AccountIsClosed(DomainError):
    """The account is closed."""

    code: ClassVar[str] = "account_is_closed"


class ImportUnderWay(DomainError):
    """Another import into this portal was begun meanwhile."""

    code: ClassVar[str] = "import_under_way"


class ClientNotRecognised(DomainError):
    """No client has this id and this secret."""

    code: ClassVar[str] = "invalid_client"


class ScopeNotGranted(DomainError):
    """The client was not given this scope."""

    code: ClassVar[str] = "invalid_scope"


class ClientNotFound(DomainError):
    """There is no such client."""

    code: ClassVar[str] = "client_not_found"


class Overloaded(DomainError):
    """Too many passwords are being checked just now: please try again in a moment."""

    code: ClassVar[str] = "overloaded"
