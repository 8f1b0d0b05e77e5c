"""`guichet up`, as its user gives it: a process of its own, in a folder of its own."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio
from pypdf import PdfReader

from deploy.local.endpoints import Endpoints, read_endpoints
from deploy.local.ports import free_port
from tests.support.command import Done, guichet
from tests.support.waiting import PATIENCE, until

SOON = 10.0  # seconds: one is promised, the rest is for a machine that does other things
WHOLE_START = 3 * PATIENCE  # two servers, three services, and the main job done once
KEY = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){5}")
FRAGMENT = re.compile(r"/register/confirm#(\S+)")


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
    return portal_client(stack, "egec")


def portal_client(stack: Up, portal: str) -> httpx.AsyncClient:
    host = stack.endpoints["portals"][portal].removeprefix("http://")
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


async def test_who_it_says_is_at_the_desk_signs_in_there_with_the_code_a_command_shows(running: Up) -> None:
    staff = running.endpoints["staff"]
    assert staff.keys() == {"login", "password", "totp_secret", "client_id", "client_secret"}
    shown = await guichet("staff", "code", environment={"GUICHET_DATA": str(running.folder)})
    assert (shown.status, shown.out.strip().isdecimal()) == (0, True), shown.err
    assert any(staff["password"] in line for line in running.lines)

    given = {"login": staff["login"], "password": staff["password"], "code": shown.out.strip()}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.port}", timeout=PATIENCE) as http:
        answer = await http.post("/api/v1/sessions", json=given, headers={"host": "desk.localhost"})
    assert answer.status_code == 201, answer.text


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


async def test_a_key_it_prints_links_its_contract_for_someone_who_opens_an_account(running: Up) -> None:
    key = next(line.split()[-1] for line in running.lines if line.split()[:2] == ["ecocito", "23-000107"])
    email = f"{uuid4().hex}@example.org"
    async with portal_client(running, "ecocito") as http:
        asked = {"email": email, "name": "Camille Exemple", "language": "fr"}
        assert (await http.post("/api/v1/registrations", json=asked)).status_code == 202
        token = FRAGMENT.findall(await mail_to(running, email))[0]
        chosen = {"token": token, "password": "une phrase que personne ne devine"}
        assert (await http.post("/api/v1/registrations/confirm", json=chosen)).status_code == 201
        signed_in = await http.post("/api/v1/sessions", json={"login": email, "password": chosen["password"]})
        bearer = {"authorization": f"Bearer {signed_in.json()['access_token']}"}

        linked = await http.post("/api/v1/contracts/links", json={"activation_key": key}, headers=bearer)

        assert (linked.status_code, linked.json().get("number")) == (201, "23-000107")
        (listed,) = (await http.get("/api/v1/contracts", headers=bearer)).json()["items"]
        assert (listed["number"], listed["active"]) == ("23-000107", True)


async def test_keys_are_issued_printed_listed_and_revoked_by_the_command(running: Up, tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    issue = ("activation-keys", "issue", "ecocito", "23-000108")

    shown = await command(running, *issue, "--json")
    assert shown.status == 0, shown.err
    printed = await command(running, *issue, "--print", letter, "--json")
    assert printed.status == 0, printed.err

    first, second = json.loads(shown.out), json.loads(printed.out)
    assert KEY.fullmatch(first["key"])
    assert "key" not in second, "it is in the letter only"
    assert letter.stat().st_mode & 0o777 == 0o600
    (page,) = PdfReader(letter).pages
    text = page.extract_text()
    assert "Votre clé d’activation" in text
    assert "Your activation key" in text
    assert "23-000108" in text

    again = await command(running, *issue, "--print", letter)
    assert (again.status, again.err) == (1, f"guichet: {letter}: is there already; --force replaces it\n")
    listed = await command(running, "activation-keys", "list", "ecocito", "--contract", "23-000108", "--json")
    states = {key["id"]: key["state"] for key in json.loads(listed.out)}
    assert states == {first["key_id"]: "revoked", second["key_id"]: "live"}, "a new key revokes the old"
    assert (await command(running, "activation-keys", "revoke", second["key_id"])).status == 0
    unknown = await command(running, "activation-keys", "issue", "ecocito", "99-999999")
    assert (unknown.status, unknown.out) == (1, "")
    assert unknown.err.startswith("guichet: ")
    assert (await command(running, *issue, "--force")).status == 2


async def test_a_file_of_contracts_is_brought_in_by_the_command(running: Up) -> None:
    header = "number,holder_identifier,label,street,postal_code,city\n"
    rows = "23-900001,,Maison,1 rue de l’Exemple,23000,Guéret\n23-900002,,,,,\n"

    said = await command(running, "contracts", "import", "ecocito", "-", given=(header + rows).encode())
    assert (said.status, said.out) == (0, "2 created, 0 changed, 0 unchanged\n")
    wrong = await command(running, "contracts", "import", "ecocito", "-", given=(header + ",,,,,\n").encode())

    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.startswith("guichet: stdin:2: ")


async def command(stack: Up, *arguments: str | Path, given: bytes | None = None) -> Done:
    """As an operator gives it beside the running stack."""
    return await guichet(*arguments, environment={"GUICHET_DATA": str(stack.folder)}, given=given)


async def mail_to(stack: Up, address: str) -> str:
    """The text of the first mail to the address."""
    async with httpx.AsyncClient(base_url=stack.endpoints["mail_api"], timeout=PATIENCE) as http:

        async def found() -> str | None:
            for mail in (await http.get("/api/v1/messages")).json()["messages"]:
                if address in [to["Address"] for to in mail["To"]]:
                    return str((await http.get(f"/api/v1/message/{mail['ID']}")).json()["Text"])
            return None

        return str(await until(found))
