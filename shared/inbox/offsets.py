"""How far a consumer has come. Written with the effects, so the two can never disagree, whatever Kafka remembers."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from shared.db import Database, Transaction


class Place(NamedTuple):
    """A partition; `topic` is without the installation's prefix."""

    topic: str
    partition: int


class Known(NamedTuple):
    """What the table says of a place. `topic_id` None: Kafka has not been asked yet, or knows of none."""

    next_offset: int
    topic_id: UUID | None


# Where nothing is known the partition is read from its start. What an earlier owner knew of its end is void.
BEGIN = """
    insert into inbox_offsets (consumer, topic, partition, next_offset)
    select $1, topic, partition, 0 from unnest($2::text[], $3::integer[]) as place (topic, partition)
    on conflict (consumer, topic, partition) do update set caught_up_at = null
    returning topic, partition, next_offset, topic_id
"""

SAVE_TOPIC_IDS = """
    update inbox_offsets o
       set topic_id = place.topic_id
      from unnest($2::text[], $3::integer[], $4::uuid[]) as place (topic, partition, topic_id)
     where o.consumer = $1 and o.topic = place.topic and o.partition = place.partition
       and o.topic_id is distinct from place.topic_id
"""

SAVE = """
    update inbox_offsets o
       set next_offset = place.now
      from unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[]) as place (topic, partition, former, now)
     where o.consumer = $1 and o.topic = place.topic and o.partition = place.partition and o.next_offset = place.former
"""

MARK_CAUGHT_UP = """
    update inbox_offsets o
       set caught_up_at = coalesce(clock_timestamp() - make_interval(secs => place.age), caught_up_at)
      from unnest($2::text[], $3::integer[], $4::bigint[], $5::float8[]) as place (topic, partition, former, age)
     where o.consumer = $1 and o.topic = place.topic and o.partition = place.partition and o.next_offset = place.former
"""


class Displaced(Exception):
    """The table says something else than we believed: another consumer has the partition, or a backup was restored."""


async def begin_offsets(db: Database, consumer: str, places: Collection[Place]) -> dict[Place, Known]:
    """Where to read on, of each place."""
    rows = await db.fetch(BEGIN, consumer, *_columns(places))
    return {Place(row["topic"], row["partition"]): Known(row["next_offset"], row["topic_id"]) for row in rows}


async def save_offsets(tx: Transaction, consumer: str, former: Mapping[Place, int], now: Mapping[Place, int]) -> None:
    """Moves each place of `now` on from where it was. Raises Displaced."""
    before = [former[place] for place in now]
    _check(await tx.execute(SAVE, consumer, *_columns(now), before, list(now.values())), now)


async def save_topic_ids(tx: Transaction, consumer: str, ids: Mapping[Place, UUID]) -> None:
    """Which topics the offsets are of."""
    await tx.execute(SAVE_TOPIC_IDS, consumer, *_columns(ids), list(ids.values()))


async def mark_caught_up(
    db: Database, consumer: str, offsets: Mapping[Place, int], ages: Mapping[Place, float]
) -> None:
    """`ages`: how many seconds ago a place of `offsets` stood at its end; left out, it keeps what it had.

    Raises Displaced.
    """
    known = [ages.get(place) for place in offsets]
    _check(await db.execute(MARK_CAUGHT_UP, consumer, *_columns(offsets), list(offsets.values()), known), offsets)


def _check(tag: str, places: Collection[Place]) -> None:
    if tag != f"UPDATE {len(places)}":
        raise Displaced


def _columns(places: Collection[Place]) -> tuple[list[str], list[int]]:
    return [place.topic for place in places], [place.partition for place in places]
