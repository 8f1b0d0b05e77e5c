"""Facts about contracts: who holds them, by which key they came to them, and which one a person looks at."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.base import AwareDatetime, Event
from shared.events.topics import Topic
from shared.ids import AccountId, ContractId, KeyId


class ContractEvent(Event):
    topic: ClassVar[Topic] = Topic.CONTRACTS

    contract_id: ContractId

    @property
    def key(self) -> UUID:
        return self.contract_id


class ContractRegistered(ContractEvent):
    """A contract exists: imported from the operator's files, or entered at the desk."""

    type: ClassVar[str] = "guichet.contracts.contract_registered.v1"

    registered_at: AwareDatetime
    by: Literal["import", "operator"]


class ActivationKeyIssued(ContractEvent):
    """The operator made a key that links this contract once, until `expires_at`. The key itself is told to nobody."""

    type: ClassVar[str] = "guichet.contracts.activation_key_issued.v1"

    key_id: KeyId
    issued_at: AwareDatetime
    expires_at: AwareDatetime


class ActivationKeyRevoked(ContractEvent):
    """A key that was not used yet links nothing any more."""

    type: ClassVar[str] = "guichet.contracts.activation_key_revoked.v1"

    key_id: KeyId
    revoked_at: AwareDatetime


class ContractLinked(ContractEvent):
    """The account has the contract now.

    Where `by` is not `import`, its owner is told until `deliver_until`; `sealed` holds the contract's `number` and
    `label` for that mail (compact JWE, for the notifier alone; None where nobody is mailed).
    """

    type: ClassVar[str] = "guichet.contracts.contract_linked.v1"

    account_id: AccountId
    linked_at: AwareDatetime
    by: Literal["key", "operator", "import"]
    deliver_until: AwareDatetime
    sealed: str | None


class ContractUnlinked(ContractEvent):
    """The account has the contract no more (S0.11).

    Where `by` is not `erasure`, its owner is told until `deliver_until`, with what `sealed` holds: as `ContractLinked`.
    Nothing is sealed, and nobody told, on a portal that links none and so has no words for it.
    """

    type: ClassVar[str] = "guichet.contracts.contract_unlinked.v1"

    account_id: AccountId
    unlinked_at: AwareDatetime
    by: Literal["operator", "erasure"]
    deliver_until: AwareDatetime
    sealed: str | None


class ActiveContractChanged(Event):
    """The contract an account looks at, as it now is (S0.10): compacted, so a null value in its place means none.

    Readers ignore a lower `version`.
    """

    type: ClassVar[str] = "guichet.contracts.active_contract_changed.v1"
    topic: ClassVar[Topic] = Topic.ACTIVE_CONTRACTS

    account_id: AccountId
    contract_id: ContractId
    label: str
    version: int

    @property
    def key(self) -> UUID:
        return self.account_id
