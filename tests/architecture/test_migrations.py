"""Migrations are told apart by their names, whatever folder they come from."""

from collections import Counter

from shared.db.migrate import ROOT, migration_folders
from tests.architecture.test_imports import SERVICES


def test_no_two_migrations_of_a_service_have_one_name() -> None:
    """yoyo would take the second for the first, done already, and leave it out."""
    for service in SERVICES:
        names = Counter(file.stem for folder in migration_folders(service) for file in folder.glob("*.sql"))
        assert [name for name, count in names.items() if count > 1] == [], service


def test_every_folder_of_migrations_is_applied() -> None:
    applied = {folder for service in SERVICES for folder in migration_folders(service)}
    assert {file.parent for folder in ("services", "shared") for file in (ROOT / folder).rglob("*.sql")} == applied
