"""The status of each of contracts' refusals: the one place that decides it."""

from services.contracts.domain.errors import (
    AccountIsClosed,
    AccountNotFound,
    ChecksIncomplete,
    ContractAlreadyLinked,
    ContractNotFound,
    KeyExpired,
    KeyMalformed,
    KeyNotFound,
    KeyOfAnotherPortal,
    KeyRequestNotFound,
    KeyRevoked,
    KeyUnknown,
    KeyUsed,
    LinkingNotOffered,
    LinkNotFound,
    NumberTaken,
    TooManyTries,
)
from shared.web.statuses import Statuses

STATUSES: Statuses = {
    LinkingNotOffered: 403,
    AccountNotFound: 404,
    ContractNotFound: 404,
    KeyNotFound: 404,
    KeyRequestNotFound: 404,
    KeyUnknown: 404,
    LinkNotFound: 404,
    AccountIsClosed: 409,
    ContractAlreadyLinked: 409,
    KeyOfAnotherPortal: 409,
    KeyUsed: 409,
    NumberTaken: 409,
    KeyExpired: 410,
    KeyRevoked: 410,
    ChecksIncomplete: 422,
    KeyMalformed: 422,
    TooManyTries: 429,
}
