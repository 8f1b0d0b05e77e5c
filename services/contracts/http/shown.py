"""A contract as its holder sees it, over the API."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from pydantic_core import to_json

from services.contracts.domain.contracts import LinkedContract
from shared.ids import ContractId
from shared.web.models import Body


class ContractShown(Body):
    id: ContractId
    number: str
    label: str
    address: str
    active: bool


class ContractList(Body):
    items: list[ContractShown]
    after: ContractId | None = Field(
        default=None, description="Of a page: where the next one begins; null at the end. Absent where all are here."
    )


def contract_json(contract: LinkedContract) -> bytes:
    return to_json(_fields(contract))


def list_json(contracts: Sequence[LinkedContract], **more: object) -> bytes:
    """Written in one go: judging each of a thousand contracts of our own once more takes longer than finding them."""
    return to_json({"items": [_fields(contract) for contract in contracts], **more})


def _fields(contract: LinkedContract) -> dict[str, Any]:
    return {
        "id": str(contract.id),  # left to to_json it takes twenty times as long
        "number": contract.number,
        "label": contract.label,
        "address": contract.address,
        "active": contract.active,
    }
