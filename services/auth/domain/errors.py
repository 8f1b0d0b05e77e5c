"""What auth refuses. The code is for programs, the docstring is the message; the portal's own text goes before it."""

from collections.abc import Sequence
from typing import ClassVar

from shared.details import DetailFault
from shared.errors import DomainError


class AccountNotRecognised(DomainError):
    """No account has this name."""

    code: ClassVar[str] = "account_not_recognised"


class CredentialsNotRecognised(DomainError):
    """No account has this name and this password."""

    code: ClassVar[str] = "credentials_not_recognised"


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


class VerbalReleaseNotOffered(DomainError):
    """No password is said on the telephone here."""

    code: ClassVar[str] = "verbal_release_not_offered"


class ChecksIncomplete(DomainError):
    """All checks of the person must have been made before a password is said to them."""

    code: ClassVar[str] = "checks_incomplete"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__()
        self.missing = tuple(missing)


class CodeNotOffered(DomainError):
    """Nobody has a code here: people sign in with their address."""

    code: ClassVar[str] = "code_not_offered"


class CodeRequestsNotOffered(DomainError):
    """No contact person asks for the codes of others here."""

    code: ClassVar[str] = "code_requests_not_offered"


class NotTheContactPerson(DomainError):
    """Only the contact person of the customer file asks for the codes of others."""

    code: ClassVar[str] = "not_the_contact_person"


class PeopleIncomplete(DomainError):
    """Each person needs a full name and an e-mail address of their own."""

    code: ClassVar[str] = "people_incomplete"

    def __init__(self, faults: Sequence[DetailFault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


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


class ServiceNotSubscribed(DomainError):
    """The account is not subscribed to this service."""

    code: ClassVar[str] = "service_not_subscribed"


class RegistrationNotOffered(DomainError):
    """Accounts of this portal are opened by its operator."""

    code: ClassVar[str] = "registration_not_offered"


class AlreadyRegistered(DomainError):
    """An account with this address was opened meanwhile: sign in with it."""

    code: ClassVar[str] = "already_registered"


class TokenNotRecognised(DomainError):
    """No mail has brought this token: copy all of it, from the last mail."""

    code: ClassVar[str] = "token_not_recognised"


class TokenUsed(DomainError):
    """This token has been used, or another one in its place."""

    code: ClassVar[str] = "token_used"


class TokenExpired(DomainError):
    """This token is no longer valid: ask for another mail."""

    code: ClassVar[str] = "token_expired"


class PasswordChangeNotOffered(DomainError):
    """Passwords are not changed online here."""

    code: ClassVar[str] = "password_change_not_offered"


class ChangeNotOffered(DomainError):
    """This is not changed by people themselves here."""

    code: ClassVar[str] = "change_not_offered"


class AddressUnchanged(DomainError):
    """This is the account's address already."""

    code: ClassVar[str] = "address_unchanged"


class AddressTaken(DomainError):
    """Another account has this address, and people sign in by it here."""

    code: ClassVar[str] = "address_taken"


class CurrentPasswordWrong(DomainError):
    """This is not the password of this account."""

    code: ClassVar[str] = "current_password_wrong"


class PasswordMustBeChanged(DomainError):
    """The password is a temporary one: it opens nothing until another is chosen."""

    code: ClassVar[str] = "password_must_be_changed"


class PasswordNotAcceptable(DomainError):
    """The password cannot be chosen."""

    code: ClassVar[str] = "password_not_acceptable"


class PasswordTooShort(PasswordNotAcceptable):
    """The password is too short."""

    code: ClassVar[str] = "password_too_short"


class PasswordTooLong(PasswordNotAcceptable):
    """The password is too long."""

    code: ClassVar[str] = "password_too_long"


class PasswordHasOuterBlank(PasswordNotAcceptable):
    """The password begins or ends with a blank, which is not looked at when signing in."""

    code: ClassVar[str] = "password_has_outer_blank"


class PasswordBlocklisted(PasswordNotAcceptable):
    """The password is among the first that anybody would try."""

    code: ClassVar[str] = "password_blocklisted"


class PasswordUnchanged(PasswordNotAcceptable):
    """The password is the one in force."""

    code: ClassVar[str] = "password_unchanged"


class StaffNotFound(DomainError):
    """Nobody at the desk has this name."""

    code: ClassVar[str] = "staff_not_found"


class LoginTaken(DomainError):
    """Somebody at the desk has this name already."""

    code: ClassVar[str] = "login_taken"


class SecondFactorMissing(DomainError):
    """A second factor has to be set up first."""

    code: ClassVar[str] = "second_factor_missing"


class SecondFactorWrong(DomainError):
    """This is not the code that the authenticator shows just now."""

    code: ClassVar[str] = "second_factor_wrong"


class NotOneself(DomainError):
    """Nobody decides this for themselves: a colleague does."""

    code: ClassVar[str] = "not_oneself"
