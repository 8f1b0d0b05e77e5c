"""Expected faults: which errors are the user's to read, as one line each, and the exit status they mean."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

FAILED, WRONG_USE = 1, 2


class Explanation(NamedTuple):
    lines: Sequence[str]
    status: int


class CommandFailed(Exception):
    """The command could not do what it was asked; one fault per argument."""


class WronglyUsed(Exception):
    """What was asked makes no sense; says what would."""


def explain(error: Exception) -> Explanation | None:
    """None: nobody expected this one, and its traceback is what helps."""
    if isinstance(error, ExceptionGroup):
        parts = [explain(part) for part in error.exceptions]
        known = [part for part in parts if part]
        if len(known) < len(parts):
            return None
        return Explanation([line for part in known for line in part.lines], max(part.status for part in known))
    return next((found for look in _LOOKS if (found := look(error))), None)


def _ours(error: Exception) -> Explanation | None:
    if isinstance(error, CommandFailed):
        return Explanation([str(fault) for fault in error.args], FAILED)
    return Explanation([str(error)], WRONG_USE) if isinstance(error, WronglyUsed) else None


# The modules that define what follows are imported only now: a command that works needs none of them.


def _shared(error: Exception) -> Explanation | None:
    from shared.errors import DatabaseUnavailable, DomainError
    from shared.keys import KeysUnusable
    from shared.portals.faults import PortalFaults
    from shared.settings import SettingsFaults

    match error:
        case SettingsFaults():
            return Explanation(error.faults, WRONG_USE)
        case PortalFaults():
            return Explanation([str(fault) for fault in error.faults], FAILED)
        case DatabaseUnavailable():
            return Explanation([f"the database cannot be reached: {error.__cause__ or error}"], FAILED)
        case DomainError() | KeysUnusable():
            return Explanation([str(error)], FAILED)
    return None


def _servers(error: Exception) -> Explanation | None:
    from aiokafka.errors import KafkaError
    from asyncpg import InterfaceError, PostgresError
    from psycopg import Error as PsycopgError

    if isinstance(error, KafkaError):
        return Explanation([f"Kafka: {error}"], FAILED)
    if isinstance(error, PostgresError | InterfaceError | PsycopgError):
        return Explanation([f"PostgreSQL: {' '.join(str(error).split())}"], FAILED)
    return None


def _system(error: Exception) -> Explanation | None:
    if not isinstance(error, OSError):
        return None
    where = f"{error.filename}: " if error.filename else ""
    return Explanation([f"{where}{error.strerror or error}"], FAILED)


_LOOKS: Sequence[Callable[[Exception], Explanation | None]] = (_ours, _system, _shared, _servers)
