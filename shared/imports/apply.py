"""A file that was checked takes effect, a thousand lines at a time."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, ClassVar, Generic, TypeVar

from shared import audit
from shared.audit import Action
from shared.db import Database, Transaction
from shared.errors import DomainError
from shared.ids import PortalName
from shared.imports.check import Checked, FileFormat
from shared.imports.progress import Counts, begin_import, finish_import, lock_progress, save_progress

E = TypeVar("E")

BATCH = 1_000
TRIES = 5  # of a batch


class ImportUnderWay(DomainError):
    """Another import into this portal was begun meanwhile."""

    code: ClassVar[str] = "import_under_way"


@dataclass(frozen=True, slots=True)
class Import(Generic[E]):
    """A kind of file, into one portal."""

    portal: PortalName
    layout: FileFormat[E]
    apply: Callable[[Transaction, Sequence[E], Checked], Awaitable[Counts]]  # a batch of the file; what came of it
    taken: type[DomainError]  # raised by `apply` where somebody took what was free when it looked: it is tried again
    action: Action  # as the audit calls it
    command: str  # which the audit names as its origin


async def import_file(
    db: Database, kind: Import[E], file: IO[bytes], checked: Checked, progress: Callable[[Counts], None]
) -> Counts:
    """`checked` is this file's, and without a fault. Broken off, the same file goes on after its last whole batch,
    unless another was begun in between: that one may have written over it.

    Raises ImportUnderWay, what `kind` says may be taken, DatabaseUnavailable.
    """
    async with db.transaction() as tx:
        counts = await begin_import(tx, kind.portal, checked.fingerprint)
    rest = islice(kind.layout.entries(file), counts.rows_done, None)
    while True:
        batch = list(islice(rest, BATCH))
        counts = await _apply_in_time(db, kind, checked, batch, counts)
        progress(counts)
        if len(batch) < BATCH:
            return counts


async def _apply_in_time(db: Database, kind: Import[E], checked: Checked, batch: list[E], counts: Counts) -> Counts:
    for _ in range(TRIES - 1):
        with suppress(kind.taken):
            async with db.transaction() as tx:
                return await _apply(tx, kind, checked, batch, counts)
    async with db.transaction() as tx:
        return await _apply(tx, kind, checked, batch, counts)


async def _apply(tx: Transaction, kind: Import[E], checked: Checked, batch: list[E], counts: Counts) -> Counts:
    if await lock_progress(tx, kind.portal, checked.fingerprint) != counts:
        raise ImportUnderWay
    counts += replace(await kind.apply(tx, batch, checked), rows_done=len(batch))
    if len(batch) == BATCH:
        await save_progress(tx, kind.portal, checked.fingerprint, counts)
    else:
        await finish_import(tx, kind.portal, checked.fingerprint)
        said = {"created": counts.created, "changed": counts.changed, "unchanged": counts.unchanged}
        await audit.insert_entry(tx, audit.operator(kind.command), kind.action, kind.portal, details=said)
    return counts
