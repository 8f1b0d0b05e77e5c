"""The operator's own people at the desk: who they are, what their role lets them do, and how long they stay in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType
from uuid import UUID

from pydantic import SecretStr

from services.auth.domain.clients import SCOPES
from services.auth.domain.sessions import AccessToken
from shared.access_tokens import EVERY_PORTAL
from shared.portals.durations import limit

StaffId = NewType("StaffId", UUID)
Role = Literal["agent", "supervisor", "auditor"]

ANSWERING = frozenset({"accounts:read", "accounts:write", "contracts:read", "contracts:write", "deliveries:read"})

# What each may do, in the words OAuth clients' tokens have for it. Nobody but a supervisor decides for colleagues.
MAY: Mapping[Role, frozenset[str]] = {
    "agent": ANSWERING,
    "supervisor": frozenset({*SCOPES, "staff:write"}),
    "auditor": frozenset({"accounts:read", "contracts:read", "deliveries:read", "audit:read"}),
}

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)  # a day's work

FAILED_SIGN_INS_PER_NAME_AND_ADDRESS = limit("10 in 15 min")
FAILED_SIGN_INS_PER_NAME = limit("100 in 1 h")


@dataclass(frozen=True, slots=True)
class Staff:
    id: StaffId
    login: str
    name: str
    role: Role
    portals: frozenset[str]  # names, or "*"
    created_at: datetime
    disabled_at: datetime | None = None


def is_in_charge_of(portals: frozenset[str], colleague: Staff) -> bool:
    """Whether somebody who works for `portals` decides for this colleague: nobody does for more than their own."""
    return EVERY_PORTAL in portals or colleague.portals <= portals


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """`access` None: nothing is open yet but the page where a second factor is set up."""

    session: SecretStr
    access: AccessToken | None
    browser: SecretStr | None = None  # None: the browser keeps what it has
