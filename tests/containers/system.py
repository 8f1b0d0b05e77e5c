"""`deploy/compose.yaml` as it ships, under a name and ports of this run's."""

import csv
import io
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from tests.architecture.source import ROOT
from tests.containers.engine import HEALTH, IMAGE, ask, docker
from tests.support.password_mail import IDENTIFIER, PASSWORD
from tests.support.waiting import until

ROLES = {
    "auth": ("api", "relay", "consumer"),
    "contracts": ("api", "relay", "consumer"),
    "notifier": ("api", "relay", "consumer", "deliverer"),
}
WORKERS = tuple(f"{service}-{role}" for service, roles in ROLES.items() for role in roles)
SERVERS = ("postgres", "kafka", "mailpit", "proxy")
SECRETS = ("postgres", "kafka", "operator", "auth", "contracts", "notifier")
READ = "import json, pathlib; print(json.dumps({f.name: f.read_text() for f in pathlib.Path('/read').iterdir()}))"
COLUMNS = ("identifier", "title", "name", "email", "language", "shared_mailbox", "contact_person", "services")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class System:
    project: str
    portals: int  # port of the proxy
    mails: int  # port of the mailboxes

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "PORTALS_PORT": str(self.portals), "MAILS_PORT": str(self.mails)}

    def compose(self, *words: str, given: str | None = None) -> str:
        file = str(ROOT / "deploy" / "compose.yaml")
        return docker("compose", "-f", file, "-p", self.project, *words, given=given, environment=self.environment)

    def up(self) -> str:
        return self.compose("up", "--wait", "--wait-timeout", "300")

    def container(self, name: str) -> str:
        return f"{self.project}-{name}-1"

    async def until_well(self) -> None:
        """Every worker says that all it needs is there, and every server that it serves."""
        try:
            await until(lambda: not self.unwell())
        except AssertionError:
            raise AssertionError(f"not well: {self.unwell()}") from None

    def unwell(self) -> Mapping[str, str]:
        """Who is not, and why: `degraded` is not well here."""
        reports = {name: ask("exec", self.container(name), *HEALTH, "readyz").out for name in WORKERS}
        states = {name: self.state(name) for name in SERVERS}
        return {name: report for name, report in reports.items() if '"ready"' not in report} | {
            name: state for name, state in states.items() if state != "healthy"
        }

    def state(self, name: str) -> str:
        return ask("inspect", "--format", "{{.State.Health.Status}}", self.container(name)).out.strip()

    def secrets(self) -> Sequence[tuple[str, str]]:
        """Every password and private key there is: where it stands, and what it says."""
        found: list[tuple[str, str]] = []
        for reader in SECRETS:
            volume = f"{self.project}_{reader}-secrets:/read:ro"
            said = docker(
                *("run", "--rm", "--user", "0", "--volume", volume, "--entrypoint", "python", IMAGE, "-c", READ)
            )
            for name, text in json.loads(said).items():
                found += [(f"{reader}/{name}", secret) for secret in secrets_in(text)]
        return found

    def http(self, host: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.portals}", headers={"Host": f"{host}.localhost:8000"}, timeout=30
        )

    def import_customers(self, *addresses: str) -> str:
        file = io.StringIO()
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(("", "", "Camille Exemple", address, "fr", "false", "false", "") for address in addresses)
        command = ("guichet", "accounts", "import", "egec", "-")
        return self.compose("exec", "-T", "auth-api", *command, given=file.getvalue())

    async def mails_to(self, address: str) -> Sequence[str]:
        """Their texts, the newest first."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.mails}", timeout=30) as http:
            listed = (await http.get("/api/v1/messages", params={"limit": 10_000})).json()["messages"]
            to_them = [one["ID"] for one in listed if address in [to["Address"] for to in one["To"]]]
            return [(await http.get(f"/api/v1/message/{id_}")).json()["Text"] for id_ in to_them]

    async def main_job(self, address: str) -> None:
        """A customer is imported, asks for a password, reads the mail, and signs in with what it says."""
        self.import_customers(address)
        async with self.http("egec") as portal:
            asked = await portal.post("/api/v1/activations", json={"email": address})
            assert asked.status_code == 202, asked.text
            (text, *_) = await until(lambda: self.mails_to(address))
            text = text.replace("\r\n", "\n").replace("\u00a0", " ")
            login, password = IDENTIFIER.findall(text)[0], PASSWORD.findall(text)[0]
            signed_in = await portal.post("/api/v1/sessions", json={"login": login, "password": password})
            assert signed_in.status_code == 201, signed_in.text


def secrets_in(text: str) -> Iterator[str]:
    """Of a file of ours: the passwords it holds, or the private parts of its keys."""
    if text.startswith("{"):
        yield from (key["d"] for key in json.loads(text)["keys"] if "d" in key)
    elif "create role" in text:
        yield from (line.split("'")[1] for line in text.splitlines() if "password '" in line)
    elif text.startswith("postgresql://"):
        yield text.split(":")[2].split("@")[0]
    else:
        yield text.strip().rpartition("password=")[2]
