"""What a mail's link leads to: a token, which the fragment of the link brings or somebody pastes, and a password.

Nothing of the link but its path comes here when it is opened, so no look at a page uses a token up.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fastapi import Request
from starlette.responses import Response

from services.auth.domain.errors import (
    AddressTaken,
    AlreadyRegistered,
    PasswordNotAcceptable,
    TokenExpired,
    TokenNotRecognised,
    TokenUsed,
)
from services.auth.http.activations import Confirmation
from services.auth.http.statuses import STATUSES
from shared.errors import DomainError
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.models import validated
from shared.web.pages import Pages
from shared.web.statuses import status_of

REFUSED = (
    FieldsInvalid,
    AddressTaken,
    AlreadyRegistered,
    PasswordNotAcceptable,
    TokenExpired,
    TokenNotRecognised,
    TokenUsed,
)


class ConfirmPage(NamedTuple):
    words: str  # the group of its texts
    path: str
    again: str  # where another mail is asked for
    chooses: bool = True  # a password, as well


def read_confirmation(form: Mapping[str, str]) -> Confirmation:
    """Raises FieldsInvalid."""
    return validated(Confirmation, form)


def show_confirmation(
    request: Request,
    pages: Pages,
    page: ConfirmPage,
    *,
    typed: Mapping[str, str] | None = None,
    refused: DomainError | None = None,
) -> Response:
    """What is wrong stands beside its field. The token comes back, a password never does."""
    return pages.show(
        request,
        "confirm.html",
        status=200 if refused is None else 422 if isinstance(refused, FieldsInvalid) else status_of(refused, STATUSES),
        page=page,
        token=(typed or {}).get("token", ""),
        faults=_faults(refused),
    )


def _faults(refused: DomainError | None) -> Sequence[FieldFault]:
    if refused is None:
        return ()
    if isinstance(refused, FieldsInvalid):
        return refused.faults
    field = "password" if isinstance(refused, PasswordNotAcceptable) else "token"
    return (FieldFault(field, refused.code, str(refused)),)
