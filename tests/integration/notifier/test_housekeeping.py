"""What nobody needs any more goes, lot by lot, and nothing else does."""

from datetime import timedelta
from typing import Any

import pytest

from services.notifier.domain.errors import NotToBeRetried
from services.notifier.handlers.retry_delivery import RetryDelivery, retry_delivery
from services.notifier.sql.housekeeping import sweep
from shared.audit import operator
from shared.ids import DeliveryId
from tests.integration.notifier.desk import Desk
from tests.support.smtp_server import SmtpServer

LOT = 2
PASS = "update deliveries set deliver_until = now() - interval '1 s'"
AGE = "update deliveries set ended_at = ended_at - $1::interval where ended_at is not null"
BURY = """
    insert into dead_letters (consumer, topic, partition, "offset", header_names, header_values, reason, state,
                              settled_at)
    select 'notifier', 'guichet.accounts', 0, n, '{}', '{}', 'a test', state, now() - days * interval '1 day'
      from (values (1, 'waiting', null), (2, 'discarded', 29), (3, 'discarded', 31), (4, 'replayed', 31),
                   (5, 'replayed', 45)) as letter (n, state, days)
"""


async def swept(desk: Desk) -> int:
    """How many lots it took."""
    lots = 1
    while await sweep(desk.deps.db, LOT):
        lots += 1
    return lots


async def rejected(desk: Desk, server: SmtpServer, count: int) -> None:
    """That many mails no server took: an operator may have them tried again."""
    server.always["rcpt"] = "550 5.1.1 no such person"
    for _ in range(count):
        await desk.asks(desk.person())
    async with desk.delivering():
        await desk.until_states(None, *["rejected"] * count)


async def sealed(desk: Desk) -> list[bool]:
    return [row["sealed"] is not None for row in await desk.deliveries()]


async def test_a_secret_is_forgotten_at_its_deadline_though_an_operator_might_have_asked_for_it(
    desk: Desk, server: SmtpServer
):
    await rejected(desk, server, 5)
    await swept(desk)
    assert await sealed(desk) == [True] * 5

    await desk.deps.db.execute(PASS)
    assert await swept(desk) == 3
    assert await sealed(desk) == [False] * 5
    assert await desk.states() == ["rejected"] * 5
    [row, *_] = await desk.deliveries()
    with pytest.raises(NotToBeRetried):
        await retry_delivery(desk.deps.db, RetryDelivery(operator("a test"), DeliveryId(row["id"])))


async def test_a_mail_that_ended_is_kept_with_its_tries_for_400_days(desk: Desk, server: SmtpServer):
    await rejected(desk, server, 5)
    waiting = desk.person()
    await desk.asks(waiting)

    async def kept() -> tuple[int, int]:
        return len(await desk.deliveries()), len(await desk.attempts())

    await desk.deps.db.execute(AGE, timedelta(days=399))
    await swept(desk)
    assert await kept() == (6, 5)
    await desk.deps.db.execute(AGE, timedelta(days=2))
    assert await swept(desk) == 3
    assert await kept() == (1, 0)
    assert await desk.states(waiting) == ["queued"]


async def test_a_settled_dead_letter_is_kept_for_30_days(desk: Desk):
    await desk.deps.db.execute(BURY)
    assert await swept(desk) == 2
    left: list[Any] = await desk.deps.db.fetch('select "offset", state from dead_letters order by id')
    assert [tuple(row) for row in left] == [(1, "waiting"), (2, "discarded")]
