"""What auth refuses to start with, and what it says when it has started."""

import asyncio
import json
from pathlib import Path

import pytest

from deploy.key_files import KeyFiles
from deploy.local.ports import free_port
from services.auth.main import run
from services.auth.settings import AuthSettings
from shared.portals import PortalFaults
from shared.settings import SettingsFaults, load
from tests.support.running import InLoop
from tests.support.stack import TestDatabase


@pytest.fixture
def environment(auth_database: TestDatabase, portals_folder: Path, key_files: KeyFiles) -> dict[str, str]:
    return {
        "GUICHET_DATABASE_URL": auth_database.url,
        "GUICHET_KAFKA_SERVERS": "127.0.0.1:1",
        "GUICHET_PORTALS": str(portals_folder),
        "GUICHET_SEAL_KEYS_FILE": str(key_files.seal_public),
        "GUICHET_TOKEN_KEYS_FILE": str(key_files.token_private),
        "GUICHET_HTTP_PORT": str(free_port()),
        "GUICHET_ADMIN_PORT": str(free_port()),
    }


@pytest.mark.parametrize("host", ["egec.localhost", "EGEC.localhost"])
async def test_the_desk_and_a_portal_have_no_host_in_common(environment: dict[str, str], host: str) -> None:
    with pytest.raises(SettingsFaults, match=f"GUICHET_DESK_HOST: {host} is a host of the portal egec"):
        await run(load(AuthSettings, environment | {"GUICHET_DESK_HOST": host}), frozenset({"api"}), asyncio.Event())


async def test_a_portal_without_the_words_of_a_page_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    own, delivered = tmp_path / "portals" / "own", environment["GUICHET_PORTALS"]
    own.mkdir(parents=True)
    profile = f"extends: {delivered}/egec\nhosts: [own.localhost]\npolicy: {{activation_names: [code]}}\n"
    (own / "portal.yaml").write_text(profile)
    settings = load(AuthSettings, environment | {"GUICHET_PORTALS": str(own.parent)})

    with pytest.raises(PortalFaults, match=r"own/texts\.fr\.yaml:1: activate\.code is missing: a page of this portal"):
        await run(settings, frozenset(), asyncio.Event())


async def test_it_says_on_which_addresses_it_listens(
    environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    service = InLoop("auth", environment, ["api"])
    await service.start()
    await service.stop()

    said = [json.loads(line) for line in capfd.readouterr().err.splitlines() if '.listening"' in line]
    assert {(line["event"], line["host"], str(line["port"])) for line in said} == {
        ("http.listening", "127.0.0.1", environment["GUICHET_HTTP_PORT"]),
        ("admin.listening", "127.0.0.1", environment["GUICHET_ADMIN_PORT"]),
    }
