"""kill -9 in the middle of a mail: it arrives all the same, and as one mail."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.key_files import KeyFiles
from deploy.local.ports import free_port
from tests.integration.notifier.desk import Desk
from tests.support.running import AsProcess
from tests.support.smtp_server import SmtpServer
from tests.support.stack import TestDatabase

BEFORE_THE_DOT = ["after_lease", "ehlo", "mail", "rcpt", "data", "mid_data"]
BETWEEN_DOT_AND_COMMIT = ["after_dot", "after_250", "before_record"]


@pytest.fixture
def environment(
    notifier_database: TestDatabase, key_files: KeyFiles, portals_folder: Path, server: SmtpServer
) -> Mapping[str, str]:
    return {
        "GUICHET_DATABASE_URL": notifier_database.url,
        "GUICHET_KAFKA_SERVERS": f"127.0.0.1:{free_port()}",  # this role speaks to none
        "GUICHET_PORTALS": str(portals_folder),
        "GUICHET_SEAL_KEYS_FILE": str(key_files.seal_private),
        "GUICHET_TOKEN_KEYS_FILE": str(key_files.token_public),
        "GUICHET_SMTP_URL": server.url,
    }


@asynccontextmanager
async def a_process(environment: Mapping[str, str], folder: Path, fault: str = "") -> AsyncIterator[AsProcess]:
    process = AsProcess("notifier", environment, folder=folder, program="tests.support.quick_deliverer")
    await process.launch(**({"GUICHET_FAULT": f"notifier.{fault}"} if fault else {}))
    try:
        yield process
    finally:
        await process.stop()


async def killed_at(desk: Desk, point: str, environment: Mapping[str, str], folder: Path) -> None:
    async with a_process(environment, folder, point) as doomed:
        assert await doomed.ended() == -9
    await desk.deps.db.execute("update deliveries set due_at = now() where due_at is not null")  # its lease is over


async def test_killed_again_and_again_before_the_dot_it_sends_a_mail_once(
    desk: Desk, environment: Mapping[str, str], server: SmtpServer, tmp_path: Path
):
    person = desk.person()
    await desk.asks(person)
    for point in BEFORE_THE_DOT:
        await killed_at(desk, point, environment, tmp_path)
        assert await desk.states(person) == ["sending"]
    assert server.dots == []

    await killed_at(desk, "after_record", environment, tmp_path)
    assert await desk.states(person) == ["sent"]
    async with a_process(environment, tmp_path):
        other = desk.person()
        await desk.asks(other)
        await desk.until_states(other, "sent")
    assert [len(server.to(one.address)) for one in (person, other)] == [1, 1]


async def test_killed_between_dot_and_commit_it_sends_the_same_mail_again(
    desk: Desk, environment: Mapping[str, str], server: SmtpServer, tmp_path: Path
):
    person = desk.person()
    await desk.asks(person)
    for point in BETWEEN_DOT_AND_COMMIT:
        await killed_at(desk, point, environment, tmp_path)
    async with a_process(environment, tmp_path):
        await desk.until_states(person, "sent")

    copies = server.to(person.address)
    assert 1 < len(copies) <= len(BETWEEN_DOT_AND_COMMIT) + 1
    assert len({copy.raw for copy in copies}) == 1
