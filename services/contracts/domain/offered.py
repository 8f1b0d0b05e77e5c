"""What a portal lets people do themselves."""

from services.contracts.domain.errors import LinkingNotOffered
from shared.portals.policy import Policy


def require_linking(policy: Policy) -> None:
    """Raises LinkingNotOffered."""
    if not policy.linking:
        raise LinkingNotOffered
