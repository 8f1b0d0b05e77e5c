"""The kinds of mail, and the rules that hold for a kind whatever the portal."""

from collections.abc import Mapping
from enum import StrEnum


class Mail(StrEnum):
    """The value is the template's name in a portal's folder, and `mail` in the events about it."""

    PASSWORD_REGENERATED = "password_regenerated"  # noqa: S105 -- a template's name
    ACTIVATION_MATCHED_SEVERAL = "activation_matched_several"
    RESET_REQUESTED = "reset_requested"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a template's name
    PASSWORD_RELEASED_VERBALLY = "password_released_verbally"  # noqa: S105 -- a template's name
    CODE_REQUESTED = "code_requested"
    ADDRESS_CHANGE_REQUESTED = "address_change_requested"
    ADDRESS_CHANGED = "address_changed"
    REGISTRATION_REQUESTED = "registration_requested"
    REGISTRATION_REPEATED = "registration_repeated"
    CONTRACT_LINKED = "contract_linked"
    CONTRACT_UNLINKED = "contract_unlinked"


FOR_ONE_PERSON_ONLY = frozenset({Mail.PASSWORD_REGENERATED, Mail.RESET_REQUESTED, Mail.PASSWORD_RELEASED_VERBALLY})
"""Never to a shared mailbox: everybody who reads it would have the password, could choose one, or would know that one
was just said on the telephone (B2, B3)."""

MAKES_POINTLESS: Mapping[Mail, frozenset[Mail]] = {
    Mail.ACTIVATION_MATCHED_SEVERAL: frozenset({Mail.ACTIVATION_MATCHED_SEVERAL}),
    Mail.RESET_REQUESTED: frozenset({Mail.RESET_REQUESTED}),
    Mail.PASSWORD_CHANGED: frozenset({Mail.RESET_REQUESTED}),  # its link is dead
    Mail.PASSWORD_RELEASED_VERBALLY: frozenset({Mail.RESET_REQUESTED}),  # so is it here,
    Mail.ADDRESS_CHANGED: frozenset({Mail.RESET_REQUESTED}),  # and here: it was asked for at the former address
    Mail.CODE_REQUESTED: frozenset({Mail.CODE_REQUESTED}),
    Mail.ADDRESS_CHANGE_REQUESTED: frozenset({Mail.ADDRESS_CHANGE_REQUESTED}),  # its token is dead
    Mail.REGISTRATION_REPEATED: frozenset({Mail.REGISTRATION_REPEATED}),
}
"""Of the account's mails that still wait, those which a newer one of this kind ends. Generated passwords go by their
generation instead. A registration asked for again ends none: each holds the name it was asked for with."""
