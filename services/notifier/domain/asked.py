"""The mail each fact asks for: which one, whom it may reach, and what it brings with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifier.domain.mails import Mail
from shared.events import (
    ActivationMatchedSeveral,
    AddressChanged,
    AddressChangeRequested,
    CodeRequested,
    ContractLinked,
    ContractUnlinked,
    PasswordChanged,
    PasswordRegenerated,
    PasswordReleasedVerbally,
    RegistrationRepeated,
    RegistrationRequested,
    ResetRequested,
)
from shared.ids import Language

Asking = (
    PasswordRegenerated
    | ActivationMatchedSeveral
    | ResetRequested
    | PasswordChanged
    | PasswordReleasedVerbally
    | CodeRequested
    | AddressChangeRequested
    | AddressChanged
    | RegistrationRequested
    | RegistrationRepeated
    | ContractLinked
    | ContractUnlinked
)

ANY_CONTACT = 0  # a version below all that are given: contracts does not know of contacts


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a mail its fact decides; the fields are those of `Delivery`."""

    mail: Mail
    sealed: str | None = None
    generation: int | None = None
    contact_version: int | None = None
    language: Language | None = None


_MAILS: Mapping[type[Asking], Mail] = {
    PasswordRegenerated: Mail.PASSWORD_REGENERATED,
    ResetRequested: Mail.RESET_REQUESTED,
    ActivationMatchedSeveral: Mail.ACTIVATION_MATCHED_SEVERAL,
    PasswordChanged: Mail.PASSWORD_CHANGED,
    PasswordReleasedVerbally: Mail.PASSWORD_RELEASED_VERBALLY,
    CodeRequested: Mail.CODE_REQUESTED,
    AddressChangeRequested: Mail.ADDRESS_CHANGE_REQUESTED,
    AddressChanged: Mail.ADDRESS_CHANGED,
    RegistrationRequested: Mail.REGISTRATION_REQUESTED,
    RegistrationRepeated: Mail.REGISTRATION_REPEATED,
    ContractLinked: Mail.CONTRACT_LINKED,
    ContractUnlinked: Mail.CONTRACT_UNLINKED,
}


def mails_nobody(event: Asking) -> bool:
    """Whether the fact is one that nobody is told of by mail: an import's, an erasure's, one with nothing to show."""
    match event:
        case ContractLinked(by="import") | ContractUnlinked(by="erasure"):
            return True
        case ContractUnlinked(sealed=None) | AddressChanged(sealed=None):
            return True
        case _:
            return False


def mail_asked(event: Asking) -> Asked:
    """Only the mail that shows a password is of its generation: that another was made since unsays no other mail."""
    generation = event.generation if isinstance(event, PasswordRegenerated) else None
    of_contracts = isinstance(event, ContractLinked | ContractUnlinked)
    return Asked(
        _MAILS[type(event)],
        sealed=getattr(event, "sealed", None),
        generation=generation,
        contact_version=ANY_CONTACT if of_contracts else getattr(event, "contact_version", None),
        language=getattr(event, "language", None),
    )
