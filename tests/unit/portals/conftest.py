"""eGEC as delivered, and a copy of it to spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.cli.main import main
from shared.portals import Portal, load_portals
from tests.support.portals import DELIVERED, Edit


class Said(NamedTuple):
    status: int
    out: str
    err: list[str]


Guichet = Callable[[str], Said]


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


@pytest.fixture
def guichet(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Guichet:
    """`guichet("portals check")`, in an installation whose portals are in `folder`."""
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("GUICHET_PORTALS", "portals")

    def run(line: str) -> Said:
        monkeypatch.setattr("sys.argv", ["guichet", *line.split()])
        status = main()
        out, err = capsys.readouterr()
        return Said(status, out, err.splitlines())

    return run
