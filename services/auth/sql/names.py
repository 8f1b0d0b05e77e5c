"""Names that people submit, whether an account has them or not."""

import hashlib

from services.auth.domain.names import SubmittedName
from shared.db import Transaction
from shared.ids import PortalName

LOCK = "select pg_advisory_xact_lock($1)"


async def lock_name(tx: Transaction, portal: PortalName, name: SubmittedName) -> None:
    """Who asks for one name takes turns until the transaction ends.

    Before any account is looked for: else those who ask for a known one would queue for its row, and those who ask for
    an unknown one would not, and how long several at once take would tell which is which.
    """
    digest = hashlib.sha256("\0".join((portal, name.kind, name.sought)).encode()).digest()
    await tx.execute(LOCK, int.from_bytes(digest[:8], signed=True))
