"""One row for each try, for whoever asks « did my mail leave? »."""

from collections.abc import Sequence

from services.notifier.domain.attempts import Attempt
from shared.db import Transaction
from shared.ids import DeliveryId

INSERT_ALL = """
    insert into attempts (delivery_id, verdict, stage, code, enhanced, words, why, seconds)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[],
                         $8::real[])
"""


async def insert_all(tx: Transaction, attempts: Sequence[tuple[DeliveryId, Attempt]]) -> None:
    if attempts:
        rows = [
            (id_, a.verdict.value, a.stage.value, a.code, a.enhanced, a.words, a.why, a.seconds) for id_, a in attempts
        ]
        await tx.execute(INSERT_ALL, *(list(column) for column in zip(*rows, strict=True)))
