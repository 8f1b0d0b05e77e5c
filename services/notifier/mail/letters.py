"""The letter a delivery becomes: rendered in the portal's words, with the secret opened for this one try."""

from dataclasses import dataclass, field

from services.notifier.domain.accounts import Contact
from services.notifier.domain.deliveries import Delivery
from services.notifier.mail.addresses import Mailbox, own_mailbox, parse_mailbox
from services.notifier.mail.mime import content
from shared.portals.profile import Portal
from shared.sealing import Opener


@dataclass(frozen=True, slots=True)
class Letter:
    """What SMTP needs. Its repr shows no content: that may hold a password."""

    sender: Mailbox
    recipient: Mailbox
    content: bytes = field(repr=False)

    @property
    def international(self) -> bool:
        return self.sender.international or self.recipient.international


def write_letter(delivery: Delivery, contact: Contact | None, portal: Portal, opener: Opener) -> Letter:
    """To the contact, or to the address it brings. Raises Unmailable, SealBroken, SealKeyUnknown, UnknownMail,
    MissingVariable."""
    sealed = _opened(delivery, opener)
    if delivery.brings_its_address or contact is None:
        recipient, values = parse_mailbox(sealed.get("address", "")), sealed
        language = portal.language(delivery.language)
    else:
        recipient, values = parse_mailbox(contact.address), _about(contact) | sealed
        language = portal.language(contact.language)
    rendered = portal.mails.render(delivery.mail.value, language, values)
    return Letter(
        sender=own_mailbox(portal.sender.envelope),
        recipient=recipient,
        content=content(portal.sender, recipient, rendered, language, delivery.id, date=delivery.occurred_at),
    )


def _opened(delivery: Delivery, opener: Opener) -> dict[str, str]:
    if delivery.sealed is None:
        return {}
    secrets = opener.open(
        delivery.sealed,
        event_id=delivery.caused_by,
        account_id=delivery.account_id,
        generation=delivery.generation,
        deliver_until=delivery.deliver_until,
    )
    return {name: secret.get_secret_value() for name, secret in secrets.items()}


def _about(contact: Contact) -> dict[str, str]:
    return {"title": contact.title, "name": contact.name, "identifier": contact.identifier}
