"""The mail each fact asks for: which one, whom it may reach, and what it brings with it."""

from dataclasses import dataclass

from services.notifier.domain.mails import Mail
from shared.events import (
    ActivationMatchedSeveral,
    ContractLinked,
    ContractUnlinked,
    PasswordChanged,
    PasswordRegenerated,
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


def mail_asked(event: Asking) -> Asked:
    match event:
        case PasswordRegenerated(sealed=sealed, generation=generation, contact_version=version):
            return Asked(Mail.PASSWORD_REGENERATED, sealed, generation, version)
        case ResetRequested(sealed=sealed, contact_version=version):
            return Asked(Mail.RESET_REQUESTED, sealed, contact_version=version)
        case ActivationMatchedSeveral(contact_version=version):
            return Asked(Mail.ACTIVATION_MATCHED_SEVERAL, contact_version=version)
        case PasswordChanged(contact_version=version):  # of no generation: a newer password does not unsay it
            return Asked(Mail.PASSWORD_CHANGED, contact_version=version)
        case RegistrationRequested(sealed=sealed, language=language):
            return Asked(Mail.REGISTRATION_REQUESTED, sealed, language=language)
        case RegistrationRepeated(sealed=sealed, language=language):
            return Asked(Mail.REGISTRATION_REPEATED, sealed, language=language)
        case ContractLinked(sealed=sealed):
            return Asked(Mail.CONTRACT_LINKED, sealed, contact_version=ANY_CONTACT)
        case ContractUnlinked(sealed=sealed):
            return Asked(Mail.CONTRACT_UNLINKED, sealed, contact_version=ANY_CONTACT)
