"""Customer identifiers (S1.9): from the operator's file or made by the portal's rule; never changed, never reused."""

import secrets

from shared.portals.policy import IdentifierRule


def generate_identifier(rule: IdentifierRule) -> str:
    """A random identifier, so that nobody can tell from one how many customers there are, or who came next.

    It may be taken: the database decides, and the caller draws again.
    """
    return "".join(secrets.choice(rule.characters) for _ in range(rule.length))
