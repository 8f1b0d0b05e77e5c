"""What each topic is made of: the code `guichet topics apply` brings a cluster in line with."""

from dataclasses import dataclass
from datetime import timedelta

from shared.events.topics import Topic

FACTS_KEPT = timedelta(days=30)
MARKS_KEPT = timedelta(days=30)  # a reader that slept less than this still sees that somebody was erased
COMPACTED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TopicShape:
    """`retention` None: the topic is compacted, the newest value of each key stays and a null value removes it."""

    topic: Topic
    partitions: int
    retention: timedelta | None

    @property
    def compacted(self) -> bool:
        return self.retention is None

    @property
    def config(self) -> dict[str, str]:
        """Kafka's topic settings that differ from its defaults."""
        rolled = {"segment.ms": _milliseconds(COMPACTED_WITHIN)}  # only rolled segments are deleted or compacted
        if self.retention is None:
            return rolled | {
                "cleanup.policy": "compact",
                "max.compaction.lag.ms": _milliseconds(COMPACTED_WITHIN),
                "delete.retention.ms": _milliseconds(MARKS_KEPT),
            }
        return rolled | {"cleanup.policy": "delete", "retention.ms": _milliseconds(self.retention)}


# The partition is chosen by the key's hash: more partitions later would break the order of what is still unread,
# so there are enough from the start for as many consumers of one service.
SHAPES: tuple[TopicShape, ...] = (
    TopicShape(Topic.ACCOUNTS, partitions=6, retention=FACTS_KEPT),
    TopicShape(Topic.CONTACTS, partitions=6, retention=None),
    TopicShape(Topic.CONTRACTS, partitions=6, retention=FACTS_KEPT),
    TopicShape(Topic.ACTIVE_CONTRACTS, partitions=6, retention=None),
    TopicShape(Topic.NOTIFICATIONS, partitions=6, retention=FACTS_KEPT),
)

COMPACTED = frozenset(shape.topic for shape in SHAPES if shape.compacted)


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))
