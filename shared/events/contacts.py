"""How a person is reached: the compacted stream, read by the notifier and by no subscriber unless granted."""

from typing import ClassVar
from uuid import UUID

from shared.events.base import Event
from shared.events.topics import Topic
from shared.ids import AccountId, Language


class ContactChanged(Event):
    """The contact as it now is. Readers ignore a lower `version`; a null value in its place means erased."""

    type: ClassVar[str] = "guichet.auth.contact_changed.v1"
    topic: ClassVar[Topic] = Topic.CONTACTS

    account_id: AccountId
    version: int
    identifier: str
    address: str
    title: str
    name: str
    language: Language
    shared: bool

    @property
    def key(self) -> UUID:
        return self.account_id
