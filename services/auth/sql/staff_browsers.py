"""Browsers from which somebody at the desk signed in before."""

from services.auth.domain.names import folded
from services.auth.domain.staff import StaffId
from services.auth.sql.sessions import Browser
from shared.db import Database, Transaction

FIND = """
    select exists (select from staff_browsers where browser_hash = $1) as known,
           exists (select from staff_browsers b join staff s on s.id = b.staff_id
                    where b.browser_hash = $1 and s.login_folded = $2) as at_home
"""

REMEMBER = """
    insert into staff_browsers (browser_hash, staff_id) values ($1, $2)
        on conflict (browser_hash, staff_id) do update set seen_at = now()
"""


async def find_staff_browser(db: Database, browser_hash: bytes, login: str) -> Browser:
    row = (await db.fetch(FIND, browser_hash, folded(login)))[0]
    return Browser(row["known"], row["at_home"])


async def remember_staff_browser(tx: Transaction, browser_hash: bytes, staff_id: StaffId) -> None:
    await tx.execute(REMEMBER, browser_hash, staff_id)
