"""What nobody needs any more goes, and nothing else does."""

from datetime import timedelta

from services.auth.sql.housekeeping import sweep
from tests.integration.auth.conftest import Auth

SWEPT = ("sessions", "known_browsers", "limits", "idempotency_answers", "decoy_events", "decoy_credentials")


async def counts(auth: Auth) -> dict[str, int]:
    return {table: (await auth.owner(f"select count(*) from {table}"))[0]["count"] for table in SWEPT}  # noqa: S608


async def test_only_what_is_over_is_swept(neutral: Auth):
    customer = await neutral.open()
    await neutral.activate()
    await neutral.activate("nobody@example.org")
    await neutral.sign_in(customer.identifier, (await neutral.mailed_passwords())[0])
    before = await counts(neutral)
    await sweep(neutral.deps.db, timedelta(hours=12))

    assert await counts(neutral) == before | {"decoy_events": 0, "decoy_credentials": 0}

    await neutral.owner("update sessions set created_at = created_at - interval '13 hours'")
    await neutral.owner("update known_browsers set seen_at = seen_at - interval '401 days'")
    await neutral.owner("update limits set ends_at = ends_at - interval '2 hours'")
    await sweep(neutral.deps.db, timedelta(hours=12))

    assert set((await counts(neutral)).values()) == {0}
