"""Identifiers: UUIDv7 (RFC 9562), so that what is inserted together lies together; a type for each kind."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

AccountId = NewType("AccountId", UUID)
ContractId = NewType("ContractId", UUID)
KeyId = NewType("KeyId", UUID)  # of an activation key
EventId = NewType("EventId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
PortalName = NewType("PortalName", str)
Language = NewType("Language", str)


def new_id() -> UUID:
    return uuid7()
