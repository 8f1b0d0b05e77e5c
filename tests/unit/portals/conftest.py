"""eGEC as delivered, and a copy of it to spoil."""

import shutil
from pathlib import Path

import pytest

from shared.portals import Portal, load_portals
from tests.support.portals import DELIVERED, Edit


@pytest.fixture(scope="session")
def egec() -> Portal:
    return load_portals(DELIVERED).by_name("egec")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of portals with eGEC in it."""
    shutil.copytree(DELIVERED / "egec", tmp_path / "portals" / "egec")
    return tmp_path / "portals"


@pytest.fixture
def edit(folder: Path) -> Edit:
    """`edit(file, old, new)` changes eGEC's file and says on which line `old` began."""

    def change(name: str, old: str, new: str) -> int:
        file = folder / "egec" / name
        before, found, after = file.read_text("utf-8").partition(old)
        assert found, f"{name} has no {old!r}"
        file.write_text(before + new + after, "utf-8")
        return before.count("\n") + 1

    return change
