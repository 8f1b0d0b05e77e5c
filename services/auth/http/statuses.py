"""The status of each of auth's refusals: the one place that decides it."""

from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    AccountNotRecognised,
    AddressMissing,
    ClientNotRecognised,
    CredentialsNotRecognised,
    IdentifierTaken,
    MailboxShared,
    NotSignedIn,
    Overloaded,
    ScopeNotGranted,
    TooManyRequests,
)
from shared.web.statuses import Statuses

STATUSES: Statuses = {
    ScopeNotGranted: 400,
    ClientNotRecognised: 401,
    CredentialsNotRecognised: 401,
    NotSignedIn: 401,
    AccountNotFound: 404,
    AccountNotRecognised: 404,
    AccountIsClosed: 409,
    AddressMissing: 409,
    IdentifierTaken: 409,
    MailboxShared: 409,
    TooManyRequests: 429,
    Overloaded: 503,
}
