"""The status of each of the notifier's refusals: the one place that decides it."""

from services.notifier.domain.errors import AccountNotFound, DeliveryNotFound, NotToBeRetried
from shared.web.statuses import Statuses

STATUSES: Statuses = {
    AccountNotFound: 404,
    DeliveryNotFound: 404,
    NotToBeRetried: 409,
}
