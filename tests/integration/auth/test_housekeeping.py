"""What nobody needs any more goes, and nothing else does."""

from datetime import timedelta

import pytest

from services.auth.sql.housekeeping import sweep
from tests.integration.auth.conftest import Auth

SWEPT = (
    "sessions",
    "known_browsers",
    "staff_browsers",
    "limits",
    "idempotency_answers",
    "decoy_events",
    "decoy_credentials",
)

COLLEAGUES_BROWSER = """
    with colleague as (insert into staff (id, login, login_folded, name, role, portals, password_hash)
                       values (gen_random_uuid(), 'sacha', 'sacha', 'Sacha Exemple', 'agent', '{*}', '') returning id)
    insert into staff_browsers (browser_hash, staff_id) select 'hash', id from colleague
"""


async def counts(auth: Auth) -> dict[str, int]:
    return {table: (await auth.owner(f"select count(*) from {table}"))[0]["count"] for table in SWEPT}  # noqa: S608


async def test_only_what_is_over_is_swept(neutral: Auth):
    customer = await neutral.open()
    await neutral.activate()
    await neutral.activate("nobody@example.org")
    await neutral.sign_in(customer.identifier, (await neutral.mailed_passwords())[0])
    await neutral.owner(COLLEAGUES_BROWSER)
    before = await counts(neutral)
    await sweep(neutral.deps.db, timedelta(hours=12))

    assert before["staff_browsers"] == 1
    assert await counts(neutral) == before | {"decoy_events": 0, "decoy_credentials": 0}

    await neutral.owner("update sessions set created_at = created_at - interval '13 hours'")
    for table in ("known_browsers", "staff_browsers"):
        await neutral.owner(f"update {table} set seen_at = seen_at - interval '401 days'")  # noqa: S608
    await neutral.owner("update limits set ends_at = ends_at - interval '2 hours'")
    await sweep(neutral.deps.db, timedelta(hours=12))

    assert set((await counts(neutral)).values()) == {0}


async def fill(auth: Auth, decoys: int) -> None:
    for number in range(decoys):
        await auth.activate(f"nobody{number}@example.org")


async def test_a_sweep_ends_when_nothing_is_left_however_many_lots_that_takes(neutral: Auth):
    await fill(neutral, 5)
    await sweep(neutral.deps.db, timedelta(hours=12), lot=2)

    left = await counts(neutral)
    assert (left["decoy_events"], left["decoy_credentials"]) == (0, 0)


async def test_a_table_that_cannot_be_swept_holds_up_no_other(neutral: Auth):
    await fill(neutral, 1)
    await neutral.owner("alter table known_browsers rename to elsewhere")
    with pytest.raises(Exception, match="known_browsers"):
        await sweep(neutral.deps.db, timedelta(hours=12))

    assert await neutral.owner("select * from decoy_events") == []


async def test_an_address_that_was_not_confirmed_is_forgotten_and_later_its_token_too(neutral: Auth):
    await neutral.open()
    await neutral.owner(
        "insert into address_changes (token_hash, account_id, email, former_folded, asked_with, expires_at)"
        " select 'x', id, 'new@example.org', 'old@example.org', 'y', now() from accounts"
    )
    await sweep(neutral.deps.db, timedelta(hours=12))
    assert await neutral.owner("select email, former_folded from address_changes") == [
        {"email": "", "former_folded": ""}
    ]

    await neutral.owner("update address_changes set expires_at = now() - interval '8 days'")
    await sweep(neutral.deps.db, timedelta(hours=12))
    assert await neutral.owner("select * from address_changes") == []
