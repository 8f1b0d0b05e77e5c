"""`guichet up`, as its user gives it: a process of its own, in a folder of its own."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio

from deploy.local.endpoints import Endpoints, read_endpoints
from deploy.local.ports import free_port
from tests.support.waiting import PATIENCE, until

SOON = 10.0  # seconds: one is promised, the rest is for a machine that does other things
WHOLE_START = 3 * PATIENCE  # two servers, two services, and the main job done once


@dataclass
class Up:
    """A running `guichet up`, and what it printed."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    @property
    def endpoints(self) -> Endpoints:
        found = read_endpoints(self.folder)
        assert found
        return found

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    async def until_said(self, text: str) -> None:
        def said() -> bool:
            return any(text in line for line in self.lines)

        await until(lambda: self.process.returncode is not None or said(), WHOLE_START)
        assert said(), "\n".join(self.lines)

    async def read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.lines.append(line.decode())


@contextlib.asynccontextmanager
async def up(folder: Path, *options: str) -> AsyncIterator[Up]:
    """Ready, and ended in the end."""
    port = free_port()
    command = (sys.executable, "-m", "deploy.cli", "up", "--data", str(folder), "--port", str(port), *options)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=asyncio.subprocess.STDOUT
    )
    running = Up(folder, port, process)
    reading = asyncio.create_task(running.read())
    try:
        await running.until_said("ready")
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading


@pytest_asyncio.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    async with up(tmp_path_factory.mktemp("up") / "data") as stack:
        yield stack


def client(stack: Up) -> httpx.AsyncClient:
    host = stack.endpoints["portals"]["egec"].removeprefix("http://")
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{stack.port}", headers={"Host": host}, timeout=PATIENCE)


async def test_it_proves_the_main_job_and_says_where_everything_is(running: Up) -> None:
    assert [line.split("ms")[1].split()[0] for line in running.lines if " ms " in line] == ["asked", "the", "signed"]
    assert "ready\n" in running.lines
    endpoints = running.endpoints
    assert endpoints.keys() == {"portals", "desk", "mail_api", "smtp", "kafka", "databases", "staff", "processes"}
    assert endpoints["portals"]["egec"] == f"http://egec.localhost:{running.port}"
    assert endpoints["desk"] == f"http://desk.localhost:{running.port}"
    assert endpoints["processes"].keys() == {"front", "auth", "contracts", "notifier", "kafka", "postgres"}
    assert (running.folder / "endpoints.json").stat().st_mode & 0o077 == 0, "it holds passwords"

    async with client(running) as http:
        assert "Activation du compte" in (await http.get("/activate")).text
        mails = (await http.get(endpoints["mail_api"] + "/api/v1/messages")).json()
    assert mails["total"] == 1, "an import mails nobody"
    for url in endpoints["databases"].values():
        connection = await asyncpg.connect(url)
        await connection.close()


async def test_everything_it_says_runs_as_what_it_says(running: Up) -> None:
    for name, pid in running.endpoints["processes"].items():
        command = " ".join(psutil.Process(pid).cmdline())
        assert {"auth": "run auth", "notifier": "run notifier", "kafka": "kafka.Kafka"}.get(name, name) in command


@pytest.mark.parametrize("name", ["auth", "contracts", "notifier", "front"])
async def test_a_killed_process_is_soon_back(running: Up, name: str) -> None:
    killed = running.endpoints["processes"][name]
    os.kill(killed, signal.SIGKILL)

    again = await until(lambda: (pid := running.endpoints["processes"][name]) != killed and pid, SOON)

    assert psutil.pid_exists(again)
    await running.until_said(f"{name} was ended by SIGKILL: started again as process {again}")


@pytest.mark.parametrize("name", ["auth", "front"])
async def test_a_request_waits_while_what_should_answer_is_started_again(running: Up, name: str) -> None:
    os.kill(running.endpoints["processes"][name], signal.SIGKILL)
    async with client(running) as http:
        assert (await http.get("/")).status_code == 200


async def test_the_main_job_goes_on_after_the_database_and_the_broker_were_killed(running: Up) -> None:
    for name in ("postgres", "kafka"):
        os.kill(running.endpoints["processes"][name], signal.SIGKILL)
    address = "camille.exemple@example.org"
    async with client(running) as http:

        async def accepted() -> bool:
            return (await http.post("/api/v1/activations", json={"email": address})).status_code == 202

        await until(accepted)

        async def mailed() -> bool:
            mails = (await http.get(running.endpoints["mail_api"] + "/api/v1/messages")).json()["messages"]
            return any(address in str(mail["To"]) for mail in mails)

        await until(mailed)


async def test_a_port_that_is_taken_is_told_in_one_line(running: Up, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "deploy.cli", "up", "--data", str(tmp_path), "--port", str(running.port))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    _, faults = await process.communicate()
    assert process.returncode == 1
    assert faults.decode() == f"guichet: port {running.port} is taken: choose another one with --port\n"


async def test_what_was_killed_leaves_no_process_and_its_data_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with up(folder) as first:
        family = first.family()
        keys = {path: path.read_bytes() for path in (folder / "keys").iterdir()}
        staff = first.endpoints["staff"]
        first.process.kill()
        await first.process.wait()
        await until(lambda: not any(process.is_running() for process in family))

    async with up(folder, "--no-demo") as second:
        accounts = await asyncpg.connect(second.endpoints["databases"]["auth"])
        once = "select count(*) from accounts where portal = 'egec' and email = 'camille.exemple@example.org'"
        assert await accounts.fetchval(once) == 1
        await accounts.close()
        assert {path: path.read_bytes() for path in (folder / "keys").iterdir()} == keys
        assert json.loads((folder / "demonstration.json").read_text())["staff"] == staff
        async with httpx.AsyncClient() as http:
            assert (await http.get(second.endpoints["mail_api"] + "/api/v1/messages")).json()["total"] == 1
        family = second.family()

    assert second.process.returncode == 0
    assert not any(process.is_running() for process in family)
    assert not (folder / "endpoints.json").exists()
