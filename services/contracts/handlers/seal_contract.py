"""What the mail about a contract shows of it, for the notifier alone."""

from datetime import datetime
from uuid import UUID

from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from shared.ids import AccountId


def seal_contract(
    deps: Deps, contract: Contract, account_id: AccountId, *, event_id: UUID, deliver_until: datetime
) -> str:
    """Bound to one event about one account. Raises KeysUnusable."""
    return deps.sealer.seal(
        {"number": contract.details.number, "label": contract.details.label},
        event_id=event_id,
        account_id=account_id,
        generation=None,
        deliver_until=deliver_until,
    )
