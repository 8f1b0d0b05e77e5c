"""The status of each of the notifier's refusals: the one place that decides it."""

from services.notifier.domain.errors import DeliveryNotFound, NotToBeRetried
from shared.web.statuses import Statuses

STATUSES: Statuses = {
    DeliveryNotFound: 404,
    NotToBeRetried: 409,
}
