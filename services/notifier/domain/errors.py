"""What the notifier refuses its operators."""

from typing import ClassVar

from shared.errors import DomainError


class AccountNotFound(DomainError):
    """No such account is known here."""

    code: ClassVar[str] = "account_not_found"


class DeliveryNotFound(DomainError):
    """There is no delivery of this id."""

    code: ClassVar[str] = "delivery_not_found"


class NotToBeRetried(DomainError):
    """This delivery cannot be tried again: it was sent, may not be sent any more, or is being sent now."""

    code: ClassVar[str] = "delivery_not_to_be_retried"
