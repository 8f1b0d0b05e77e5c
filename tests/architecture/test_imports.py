"""Who may import whom: the contracts of .importlinter, and that none of us slipped out of them."""

import configparser
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT

SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "main.py").exists())


def contracts() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / ".importlinter")
    return read


def test_all_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_service_is_under_contract() -> None:
    """A service added later must not be forgotten here: apart from the others, layered, with a pure domain."""
    read = contracts()
    for service in SERVICES:
        package = f"services.{service}"
        assert package in read["importlinter:contract:services-apart"]["modules"].split()
        assert f"{package}.domain" in read["importlinter:contract:pure-domain"]["source_modules"].split()
        assert f"{package}.handlers" in read[f"importlinter:contract:{service}-layers"]["layers"]
    assert SERVICES, "no service found: the test looks in the wrong place"
