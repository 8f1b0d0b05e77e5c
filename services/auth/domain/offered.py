"""What a portal lets people do themselves, and the desk do for them."""

from typing import Literal

from services.auth.domain.errors import (
    ChangeNotOffered,
    CodeNotOffered,
    CodeRequestsNotOffered,
    PasswordChangeNotOffered,
    RegistrationNotOffered,
    VerbalReleaseNotOffered,
)
from shared.portals.policy import Policy, VerbalRelease


def require_registration(policy: Policy) -> None:
    """Raises RegistrationNotOffered where others open the accounts (S2.12)."""
    if policy.accounts_opened_by != "customer":
        raise RegistrationNotOffered


def require_online_change(policy: Policy) -> None:
    """Raises PasswordChangeNotOffered (S2.8)."""
    if not policy.online_change:
        raise PasswordChangeNotOffered


def require_verbal_release(policy: Policy) -> VerbalRelease:
    """How a password is said on the telephone (S2.7). Raises VerbalReleaseNotOffered."""
    if policy.verbal_release is None:
        raise VerbalReleaseNotOffered
    return policy.verbal_release


def require_codes(policy: Policy) -> None:
    """Raises CodeNotOffered where people sign in by their address alone (S2.10)."""
    if not policy.mails_codes:
        raise CodeNotOffered


def require_code_requests(policy: Policy) -> None:
    """Raises CodeRequestsNotOffered where no contact person asks for the codes of others (S2.9)."""
    if policy.accounts_opened_by != "contact_person":
        raise CodeRequestsNotOffered


def require_own_change(policy: Policy, detail: Literal["language", "address"]) -> None:
    """Raises ChangeNotOffered (B12)."""
    if detail not in policy.own_changes:
        raise ChangeNotOffered
