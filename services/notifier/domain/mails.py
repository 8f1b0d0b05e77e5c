"""The kinds of mail, and the rules that hold for a kind whatever the portal."""

from enum import StrEnum


class Mail(StrEnum):
    """The value is the template's name in a portal's folder, and `mail` in the events about it."""

    PASSWORD_REGENERATED = "password_regenerated"  # noqa: S105 -- a template's name
    ACTIVATION_MATCHED_SEVERAL = "activation_matched_several"


FOR_ONE_PERSON_ONLY = frozenset({Mail.PASSWORD_REGENERATED})
"""Never to a shared mailbox: everybody who reads it would have the password (B2)."""

ONLY_THE_LATEST_COUNTS = frozenset({Mail.ACTIVATION_MATCHED_SEVERAL})
"""Says the same each time, so a newer one makes those still waiting pointless. Mails about a credential go by its
generation instead."""
