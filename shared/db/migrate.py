"""Migrations: plain SQL files, applied in order by yoyo under a lock, each in a transaction."""

from collections.abc import Sequence
from pathlib import Path

from yoyo import get_backend, read_migrations

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "shared" / "db" / "migrations"  # what the runtime role may do with all tables that come after


def migration_folders(service: str) -> Sequence[Path]:
    """What a service's database is made of: its own tables after those every service has."""
    others = sorted(folder for folder in (ROOT / "shared").glob("*/migrations") if folder != FIRST)
    return [FIRST, *others, ROOT / "services" / service / "migrations"]


def migrate(owner_url: str, service: str) -> list[str]:
    """Applies what is missing, and returns the names of what was applied.

    Safe to run by several at once: the second waits for the first and then finds nothing to do.
    """
    applied: list[str] = []
    with get_backend(owner_url.replace("postgresql://", "postgresql+psycopg://", 1)) as backend:
        for folder in migration_folders(service):
            migrations = read_migrations(str(folder))
            with backend.lock():
                missing = backend.to_apply(migrations)
                backend.apply_migrations(missing)
            applied += [migration.id for migration in missing]
    return applied


def missing_migrations(owner_url: str, service: str) -> list[str]:
    """The names of what `migrate` would apply."""
    missing: list[str] = []
    with get_backend(owner_url.replace("postgresql://", "postgresql+psycopg://", 1)) as backend:
        for folder in migration_folders(service):
            missing += [migration.id for migration in backend.to_apply(read_migrations(str(folder)))]
    return missing
