"""How far a consumer has come. Written with the effects, so the two can never disagree, whatever Kafka remembers."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from shared.db import Database, Transaction


class Place(NamedTuple):
    """A partition; `topic` is without the installation's prefix."""

    topic: str
    partition: int


# Where nothing is known the partition is read from its start. What an earlier owner knew of its end is void.
BEGIN = """
    insert into inbox_offsets (consumer, topic, partition, next_offset)
    select $1, topic, partition, 0 from unnest($2::text[], $3::integer[]) as place (topic, partition)
    on conflict (consumer, topic, partition) do update set caught_up_at = null
    returning topic, partition, next_offset
"""

SAVE = """
    insert into inbox_offsets (consumer, topic, partition, next_offset)
    select $1, topic, partition, next_offset
      from unnest($2::text[], $3::integer[], $4::bigint[]) as place (topic, partition, next_offset)
     order by topic, partition
    on conflict (consumer, topic, partition) do update set next_offset = excluded.next_offset
"""

MARK_CAUGHT_UP = """
    update inbox_offsets o
       set caught_up_at = clock_timestamp() - make_interval(secs => place.age)
      from unnest($2::text[], $3::integer[], $4::float8[]) as place (topic, partition, age)
     where o.consumer = $1 and o.topic = place.topic and o.partition = place.partition
"""


async def begin_offsets(db: Database, consumer: str, places: Collection[Place]) -> dict[Place, int]:
    """Where to read on, of each place."""
    rows = await db.fetch(BEGIN, consumer, *_columns(places))
    return {Place(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def save_offsets(tx: Transaction, consumer: str, offsets: Mapping[Place, int]) -> None:
    await tx.execute(SAVE, consumer, *_columns(offsets), list(offsets.values()))


async def mark_caught_up(db: Database, consumer: str, ages: Mapping[Place, float]) -> None:
    """`ages`: how many seconds ago each place stood at its end. Places left out keep what they had."""
    await db.execute(MARK_CAUGHT_UP, consumer, *_columns(ages), list(ages.values()))


def _columns(places: Collection[Place]) -> tuple[list[str], list[int]]:
    return [place.topic for place in places], [place.partition for place in places]
