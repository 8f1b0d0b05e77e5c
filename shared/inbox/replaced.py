"""Partitions that are not those our table speaks of: a topic was deleted and made again, or a broker's disk emptied.

The id tells it, however long the new topic has grown; the end, where a broker knows of no ids or has lost what it had.
"""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog
from prometheus_client import Counter

from shared.health import Health
from shared.inbox.offsets import Known, Place

log = structlog.get_logger()

PART = "replaced"  # in the health report
SAID_FOR = 600.0  # seconds it speaks of a partition that was begun again

REPLACED = Counter(
    "guichet_inbox_partitions_replaced", "Partitions found to be others than those read before", ["consumer", "topic"]
)


def find_replaced(
    known: Mapping[Place, Known], ids: Mapping[Place, UUID], ends: Mapping[Place, int]
) -> dict[Place, int]:
    """With the offset up to which the former one was handled; `ids` may leave places out."""
    return {
        place: one.next_offset
        for place, one in known.items()
        if ends[place] < one.next_offset or (one.topic_id and ids.get(place, one.topic_id) != one.topic_id)
    }


def tell_replaced(consumer: str, health: Health, replaced: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
    """To the log, the metrics, and for a while the health report."""
    for place, offset in replaced.items():
        REPLACED.labels(consumer, place.topic).inc()
        log.error("inbox.partition_replaced", consumer=consumer, **place._asdict(), handled_to=offset, end=ends[place])
    topics = ", ".join(sorted({place.topic for place in replaced}))
    health.degraded(PART, f"{topics}: not what was read before, as if deleted and made again; read from its beginning")
    asyncio.get_running_loop().call_later(SAID_FOR, health.well, PART)
