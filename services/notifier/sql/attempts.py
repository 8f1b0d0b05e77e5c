"""One row for each try, for whoever asks « did my mail leave? »."""

from collections.abc import Sequence
from uuid import UUID

from services.notifier.domain.attempts import Attempt
from shared.db import Transaction
from shared.ids import DeliveryId

INSERT_ALL = """
    insert into attempts (delivery_id, lease, verdict, stage, code, enhanced, words, why, seconds)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[],
                         $8::text[], $9::real[])
        on conflict (delivery_id, lease) do nothing
"""


async def insert_all(tx: Transaction, tries: Sequence[tuple[DeliveryId, UUID, Attempt]]) -> None:
    """Each with the lease it was made under; one that is there already stays as it is."""
    if tries:
        rows = [
            (id_, lease, a.verdict.value, a.stage.value, a.code, a.enhanced, a.words, a.why, a.seconds)
            for id_, lease, a in tries
        ]
        await tx.execute(INSERT_ALL, *(list(column) for column in zip(*rows, strict=True)))
