"""A fact: what happened, frozen, under a type name that never changes."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.topics import Topic
from shared.ids import PortalName

__all__ = ["AwareDatetime", "Event"]


class Event(BaseModel):
    """A field may be added, with a default; none is renamed, removed or given another meaning: that is a new type.

    A field this version does not know is ignored, so that a newer producer disturbs no older consumer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    topic: ClassVar[Topic]

    portal: PortalName

    @property
    def key(self) -> UUID:
        """The id of what the fact is about: the Kafka key, so that facts about one thing stay in order."""
        raise NotImplementedError

    @property
    def payload(self) -> bytes:
        return self.model_dump_json().encode()
