"""B8: a translation that lacks a note or a value, names an unknown one, or would show a secret, is never put to use."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.key_files import KeyFiles
from tests.support.command import guichet
from tests.support.portals import DELIVERED

SPOILED = {
    "password_regenerated.en.txt": ("Mind upper and lower case", "Mind the case", "lacks the mandatory note « Mind"),
    "password_regenerated.en.html": ("{{ password }}", "", "does not show {{ password }}, which it must"),
    "activation_matched_several.en.txt": ("{{ contact }}", "{{ helpdesk }}", "unknown variable 'helpdesk'"),
    "password_regenerated.fr.subject.txt": (
        "Votre",
        "{{ password }} : votre",
        "'password' is secret: no subject has it",
    ),
}


@pytest.fixture
def portals(tmp_path: Path) -> Path:
    shutil.copytree(DELIVERED, tmp_path / "portals")
    return tmp_path / "portals"


@pytest.fixture
def environment(portals: Path, key_files: KeyFiles) -> Mapping[str, str]:
    """All that a service needs to know to start; what lies behind it is asked for after the portals were read."""
    return {
        "GUICHET_PORTALS": str(portals),
        "GUICHET_DATABASE_URL": "postgresql://127.0.0.1:1/nobody",
        "GUICHET_KAFKA_SERVERS": "127.0.0.1:1",
        "GUICHET_SEAL_KEYS_FILE": str(key_files.seal_public),
        "GUICHET_TOKEN_KEYS_FILE": str(key_files.token_public),
        "GUICHET_DATA": str(portals.parent / "nowhere"),
    }


def spoil(portals: Path) -> dict[str, str]:
    """Each file that is spoiled, and what is to be said of it."""
    for name, (old, new, _) in SPOILED.items():
        file = portals / "egec" / "mails" / name
        assert old in file.read_text("utf-8")
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return {str(portals / "egec" / "mails" / name): said for name, (_, _, said) in SPOILED.items()}


async def test_b8_no_service_starts_with_a_mail_that_must_not_go_out(
    portals: Path, environment: Mapping[str, str]
) -> None:
    wanted = spoil(portals)

    async def start(service: str) -> list[str]:
        more = {"GUICHET_SMTP_URL": "smtp://127.0.0.1:1?tls=off"} if service == "notifier" else {}
        done = await guichet("run", service, environment={**environment, **more})
        assert done.status == 1, done.err
        return [line for line in done.err.splitlines() if line.startswith("guichet: ")]

    for said in await asyncio.gather(*map(start, ("auth", "contracts", "notifier"))):
        assert len(said) == len(wanted), said
        for file, fault in wanted.items():
            (line,) = (line for line in said if line.startswith(f"guichet: {file}:"))
            assert fault in line


async def test_b8_the_commands_say_the_same_before_anything_starts(
    portals: Path, environment: Mapping[str, str]
) -> None:
    wanted = spoil(portals)
    for command in ("templates", "portals"):
        done = await guichet(command, "check", environment=environment)

        assert (done.status, done.out) == (1, "")
        lines = done.err.splitlines()
        assert [any(file in line and fault in line for line in lines) for file, fault in wanted.items()] == [True] * 4
        assert len(lines) == len(wanted)
