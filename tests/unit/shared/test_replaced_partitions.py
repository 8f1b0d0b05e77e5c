"""Which partitions are others than those read before: told by the topic's id, or by an end before what was handled."""

from uuid import UUID

import pytest

from shared.inbox.offsets import Known, Place
from shared.inbox.replaced import find_replaced

PLACE = Place("accounts", 0)
OLD, NEW = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("handled_to", "known_id", "told_id", "end", "is_replaced"),
    [
        (5, OLD, OLD, 5, False),
        (5, OLD, OLD, 4, True),
        (5, OLD, NEW, 9, True),
        (5, None, NEW, 9, False),
        (5, OLD, None, 9, False),
        (5, None, None, 4, True),
    ],
)
def test_a_partition_is_another_by_its_topics_id_or_its_end(
    handled_to: int, known_id: UUID | None, told_id: UUID | None, end: int, is_replaced: bool
):
    known = {PLACE: Known(handled_to, known_id)}
    ids = {} if told_id is None else {PLACE: told_id}

    assert find_replaced(known, ids, {PLACE: end}) == ({PLACE: handled_to} if is_replaced else {})
