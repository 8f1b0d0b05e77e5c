"""What a portal lets people do themselves."""

from services.auth.domain.errors import PasswordChangeNotOffered, RegistrationNotOffered
from shared.portals.policy import Policy


def require_registration(policy: Policy) -> None:
    """Raises RegistrationNotOffered where others open the accounts (S2.12)."""
    if policy.accounts_opened_by != "customer":
        raise RegistrationNotOffered


def require_online_change(policy: Policy) -> None:
    """Raises PasswordChangeNotOffered (S2.8)."""
    if not policy.online_change:
        raise PasswordChangeNotOffered
