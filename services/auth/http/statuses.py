"""The status of each of auth's refusals: the one place that decides it."""

from services.auth.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    AccountNotRecognised,
    AddressMissing,
    ClientNotRecognised,
    CredentialsNotRecognised,
    DetailsNotAcceptable,
    IdentifierTaken,
    MailboxShared,
    NotSignedIn,
    Overloaded,
    ScopeNotGranted,
    TooManyRequests,
)
from services.auth.http.admission import PortalNotGranted, ScopeMissing
from shared.access_tokens import TokenNotAccepted
from shared.web.statuses import Statuses

STATUSES: Statuses = {
    ScopeNotGranted: 400,
    ClientNotRecognised: 401,
    CredentialsNotRecognised: 401,
    NotSignedIn: 401,
    TokenNotAccepted: 401,
    PortalNotGranted: 403,
    ScopeMissing: 403,
    AccountNotFound: 404,
    AccountNotRecognised: 404,
    AccountIsClosed: 409,
    AddressMissing: 409,
    IdentifierTaken: 409,
    MailboxShared: 409,
    DetailsNotAcceptable: 422,
    TooManyRequests: 429,
    Overloaded: 503,
}
