"""What auth says over HTTP: the customers' API and pages, the desk's API, tokens for machines."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.auth.http import activations, desk_accounts, me, oauth, sessions
from services.auth.http.pages import account, activate, home, sign_in


def routers() -> Sequence[APIRouter]:
    parts = (activations, sessions, me, desk_accounts, oauth, home, activate, sign_in, account)
    return [part.router for part in parts]
