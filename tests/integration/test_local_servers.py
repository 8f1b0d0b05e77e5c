"""The servers a local stack is made of: they keep their data, serve loopback alone, and end with their parent."""

import asyncio
import shutil
import signal
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import asyncpg
import httpx
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.catcher import Catcher, run_catcher
from deploy.local.child import spawn, unprivileged_user
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings
from tests.support.stack import TestDatabase
from tests.support.waiting import until

PARENT = """
import asyncio, sys
from pathlib import Path
from deploy.local.kafka import run_kafka
from deploy.local.postgres import run_postgres

async def main(folder):
    async with run_kafka(folder / "kafka") as kafka, run_postgres(folder / "postgres") as postgres:
        print(kafka.child.pid, postgres.child.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_servers_end_with_their_parent_even_when_it_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    children = [psutil.Process(int(pid)) for pid in (await parent.stdout.readline()).split()]
    family = [process for child in children for process in (child, *child.children(recursive=True))]
    assert len(family) > 2, "PostgreSQL has processes of its own"

    parent.send_signal(signal.SIGKILL)
    await parent.wait()

    await until(lambda: not any(process.is_running() for process in family))


async def test_a_program_that_may_not_be_root_still_runs_where_only_root_may_go(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    program = shutil.copy(sys.executable, folder / "program")
    look = f"import os, sys; sys.exit(os.geteuid() == 0 or not os.access({str(program)!r}, os.X_OK))"

    child = await spawn("program", (program, "-I", "-c", look), log=tmp_path / "log", user=unprivileged_user())

    assert await child.process.wait() == 0, child.log.read_text()


async def test_a_test_has_a_world_of_its_own_on_the_broker(kafka_settings: KafkaSettings) -> None:
    topic = kafka_settings.topic(Topic.ACCOUNTS)
    async with AIOKafkaProducer(**kafka_settings.connection()) as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")
    async with AIOKafkaConsumer(topic, auto_offset_reset="earliest", **kafka_settings.connection()) as consumer:
        assert (await consumer.getone()).value == b"value"
        assert len(consumer.assignment()) == 2
        assert {name for name in await consumer.topics() if name.startswith(kafka_settings.prefix)} == {
            kafka_settings.topic(each) for each in Topic
        }


async def test_the_runtime_role_owns_nothing(notifier_database: TestDatabase) -> None:
    owner, runtime = [await asyncpg.connect(url) for url in (notifier_database.owner_url, notifier_database.url)]
    try:
        assert await owner.fetchval("select current_user") == "guichet_notifier_owner"
        assert await runtime.fetchval("select current_user") == "guichet_notifier"
        assert not await runtime.fetchval("select has_schema_privilege('public', 'create')")
    finally:
        await owner.close()
        await runtime.close()


def a_mail(to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Guichet <noreply@example.org>", to, "Bonjour à tous"
    mail.set_content("Votre identifiant: 0000000001\n")
    mail.add_alternative("<p>Votre identifiant", subtype="html")
    return mail


async def send(catcher: Catcher, to: str) -> None:
    await aiosmtplib.send(a_mail(to), hostname="127.0.0.1", port=catcher.smtp_port, recipients=[to, "bcc@example.org"])


async def test_the_catcher_answers_as_mailpit_does(catcher: Catcher) -> None:
    await send(catcher, "camille@example.org")

    async with httpx.AsyncClient(base_url=catcher.mail_api) as http:
        listed = (await http.get("/api/v1/messages")).json()
        assert listed["total"] == 1
        summary = listed["messages"][0]
        assert (summary["Subject"], summary["To"]) == (
            "Bonjour à tous",
            [{"Name": "", "Address": "camille@example.org"}],
        )
        assert summary["Bcc"] == [{"Name": "", "Address": "bcc@example.org"}]

        message = (await http.get(f"/api/v1/message/{summary['ID']}")).json()
        assert "0000000001" in message["Text"]
        assert "<p>" in message["HTML"]
        assert (await http.get(f"/api/v1/message/{summary['ID']}/raw")).text.startswith("From: Guichet")
        assert (await http.get("/api/v1/message/unknown")).status_code == 404
        assert "Bonjour à tous" in (await http.get("/")).text
        assert "&lt;p&gt;Votre" in (await http.get(f"/view/{summary['ID']}")).text, "shown in a sandbox, not run"

        assert (await http.delete("/api/v1/messages")).status_code == 200
        assert (await http.get("/api/v1/messages")).json()["total"] == 0


@pytest.mark.parametrize("name", ["elsewhere.example.org", "127.0.0.1.example.org", "localhost.example.org", ""])
async def test_the_catcher_shows_no_mail_to_a_page_whose_name_was_made_to_point_here(
    catcher: Catcher, name: str
) -> None:
    await send(catcher, "camille@example.org")

    async with httpx.AsyncClient(base_url=catcher.mail_api) as http:
        for path in ("/", "/api/v1/messages", "/api/v1/message/latest/raw"):
            answer = await http.get(path, headers={"Host": name})
            assert (answer.status_code, "camille" in answer.text) == (400, False)
        for own in ("localhost:8025", "mails.localhost"):
            assert (await http.get("/api/v1/message/latest", headers={"Host": own})).status_code == 200


async def test_the_catcher_refuses_what_it_does_not_understand(catcher: Catcher) -> None:
    await send(catcher, "camille@example.org")

    async with httpx.AsyncClient(base_url=catcher.mail_api) as http:
        for query in ("limit=x", "limit=-1", "start=", "start=1e3"):
            answer = await http.get(f"/api/v1/messages?{query}")
            assert (answer.status_code, answer.json().keys()) == (400, {"Error"})
        for body in (b"{", b"[]", b'{"IDs": 1}', b'{"IDs": [[]]}', b"\xff"):
            assert (await http.request("DELETE", "/api/v1/messages", content=body)).status_code == 400
        assert (await http.get("/api/v1/messages?limit=1")).json()["count"] == 1


async def test_the_catcher_keeps_mails_only_in_the_folder_it_was_given(tmp_path: Path) -> None:
    async with run_catcher(tmp_path / "mail") as first:
        await send(first, "camille@example.org")
        kept = (await first.wait_for("camille@example.org")).raw
    async with run_catcher(tmp_path / "mail") as second:
        assert [mail.raw for mail in second.messages("camille@example.org")] == [kept]
        second.mailbox.delete()
    assert list((tmp_path / "mail").iterdir()) == []
