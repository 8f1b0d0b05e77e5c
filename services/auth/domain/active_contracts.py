"""The contract an account looks at, as contracts tells it: what is older than what we know is not believed."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.ids import AccountId, ContractId


@dataclass(frozen=True, slots=True)
class ActiveContract:
    account_id: AccountId
    contract_id: ContractId | None = None  # None: none
    label: str = ""
    version: int = 0

    def told(self, contract_id: ContractId, label: str, version: int) -> "ActiveContract":
        """The same version again is believed: a topic read anew from its start ends where it ended before."""
        return self if version < self.version else replace(self, contract_id=contract_id, label=label, version=version)

    def told_none(self, at: datetime) -> "ActiveContract":
        """A tombstone has no version, but comes in order: what was told before it is older from now on."""
        version = max(self.version, int(at.timestamp() * 1000))
        return replace(self, contract_id=None, label="", version=version)
