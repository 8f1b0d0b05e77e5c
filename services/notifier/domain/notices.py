"""The fact to tell others when a delivery has come to its end."""

from datetime import datetime

from services.notifier.domain.accounts import Account
from services.notifier.domain.attempts import Attempt
from services.notifier.domain.deliveries import Delivery, State
from shared.events import (
    MailCancelled,
    MailEvent,
    MailExpired,
    MailRejected,
    MailSent,
    MailSuperseded,
    MailUnknown,
    MailWithheld,
)

REFUSED_HERE = 553  # told as the code of a mail that could not even be offered: RFC 5321, "mailbox name not allowed"


def notice(delivery: Delivery, account: Account, attempt: Attempt | None, now: datetime) -> MailEvent | None:
    """None while the delivery is not at its end. `attempt` is the try that ended it, if one did."""
    if delivery.due_at is not None:
        return None
    about = {
        "portal": delivery.portal,
        "account_id": delivery.account_id,
        "delivery_id": delivery.id,
        "caused_by": delivery.caused_by,
        "mail": delivery.mail.value,
        "at": now,
    }
    code = (attempt and attempt.code) or REFUSED_HERE
    enhanced = attempt.enhanced if attempt else None
    match delivery.state:
        case State.SENT:
            return MailSent(**about, attempts=delivery.tries, smtp_code=code)
        case State.REJECTED:
            return MailRejected(**about, attempts=delivery.tries, smtp_code=code, enhanced_code=enhanced)
        case State.EXPIRED:
            return MailExpired(**about, attempts=delivery.tries)
        case State.SUPERSEDED:
            return MailSuperseded(**about, by_generation=None if delivery.generation is None else account.generation)
        case State.WITHHELD:
            return MailWithheld(**about)
        case State.CANCELLED:
            return MailCancelled(**about)
        case State.UNKNOWN:
            return MailUnknown(**about, attempts=delivery.tries)
        case _:
            return None
