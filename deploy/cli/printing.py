"""A key that goes into a letter, and nowhere else."""

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

from pydantic import SecretStr

from deploy.cli.faults import CommandFailed
from deploy.cli.new_file import new_file
from deploy.letter import AddressTooLong, Letter, render, unprintable
from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.handlers.desk_issue_key import Issued, IssueKey, issue_key
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from shared.portals.texts import UnknownText

NO_KEY = SecretStr("")


async def print_letter(
    deps: Deps, command: IssueKey, contract: Contract, to: Sequence[str], path: Path, *, force: bool
) -> Issued:
    """What can be wrong is found before there is a key; one whose letter cannot be written for all that is revoked.

    Raises CommandFailed, and what `issue_key` raises.
    """
    lines = [normalize("NFC", line).strip() for line in to]
    today = datetime.now().astimezone().date()
    _ensure_printable(Letter(command.portal, contract, lines, NO_KEY, today, today))
    with new_file(path, force=force) as file:
        issued = await issue_key(deps, command)
        try:
            file.write(render(Letter(command.portal, contract, lines, issued.key, today, last_day(issued.expires_at))))
            file.flush()
            os.fsync(file.fileno())
        except BaseException as error:
            await revoke_key(deps, RevokeKey(command.portal, command.actor, issued.key_id))
            if isinstance(error, OSError):
                raise CommandFailed(f"{path}: {error.strerror}: no letter, and its key was revoked") from None
            raise
    return issued


def last_day(expires_at: datetime) -> date:
    """The last day on which the key works until midnight: a date on paper means the whole day."""
    return expires_at.astimezone().date() - timedelta(days=1)


def _ensure_printable(letter: Letter) -> None:
    """Raises CommandFailed."""
    try:
        missing = unprintable(letter.said)
    except AddressTooLong:
        raise CommandFailed("the address does not fit the envelope's window: give six short lines with --to") from None
    except UnknownText as error:
        raise CommandFailed(f"the portal {letter.portal.name} has no text {error} for the letter") from None
    if missing:
        signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in sorted(missing))
        raise CommandFailed(f"the letter's typeface has no {signs}: write it in another alphabet")
