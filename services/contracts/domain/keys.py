"""The life of an activation key (B5): issued, then redeemed once, revoked or expired."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.domain.errors import KeyExpired, KeyOfAnotherPortal, KeyRevoked, KeyUsed
from shared.ids import ContractId, KeyId, PortalName


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """What is kept of a key: all but the key. One at most of a contract is neither redeemed nor revoked (S0.6)."""

    id: KeyId
    contract_id: ContractId
    portal: PortalName
    expires_at: datetime
    redeemed_at: datetime | None = None
    revoked_at: datetime | None = None


def ensure_redeemable(key: IssuedKey, portal: PortalName, now: datetime) -> None:
    """`now` by the database's clock. Raises KeyOfAnotherPortal, KeyUsed, KeyRevoked, KeyExpired."""
    if key.portal != portal:
        raise KeyOfAnotherPortal
    if key.redeemed_at is not None:
        raise KeyUsed
    if key.revoked_at is not None:
        raise KeyRevoked
    if now >= key.expires_at:
        raise KeyExpired


def missing_checks(*, identity_checked: bool, address_checked: bool) -> tuple[str, ...]:
    """What the operator has not looked at yet (S0.8): a copy of the identity card, the property's address."""
    done = {"identity_checked": identity_checked, "address_checked": address_checked}
    return tuple(name for name, checked in done.items() if not checked)
