"""`deploy/compose.yaml` as it ships, under a name and ports of this run's."""

import csv
import io
import itertools
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from tests.architecture.source import ROOT
from tests.containers.engine import IMAGE, ask, docker
from tests.support.waiting import until

COMPOSE = ROOT / "deploy" / "compose.yaml"
UPGRADE = ROOT / "deploy" / "compose" / "upgrade"
NAME = "guichet-test"
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
PATIENCE = 120.0  # seconds until all is well, at most: a machine that is busy starts ten processes anew

# Asks several containers the same on their admin ports, from one that can reach them.
LOOK = """
import concurrent.futures, json, sys, urllib.error, urllib.request
def answer(name):
    try: return urllib.request.urlopen(f"http://{name}:9000/{sys.argv[1]}", timeout=5).read().decode()
    except urllib.error.HTTPError as refusal: return refusal.read().decode()
    except OSError as error: return str(error)
names = sys.argv[2:]
pool = concurrent.futures.ThreadPoolExecutor(len(names))
print(json.dumps(dict(zip(names, pool.map(answer, names)))))
"""

_numbers = itertools.count(1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class System:
    project: str
    portals: int  # port of the proxy
    mails: int  # port of the mailboxes
    besides: tuple[Path, ...] = ()  # what is written over compose.yaml

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "PORTALS_PORT": str(self.portals), "MAILS_PORT": str(self.mails)}

    def written_over(self, *files: Path) -> "System":
        """The same system, as other files have it."""
        return replace(self, besides=files)

    def compose(self, *words: str, given: str | None = None) -> str:
        files = [word for file in (COMPOSE, *self.besides) for word in ("-f", str(file))]
        return docker("compose", *files, "-p", self.project, *words, given=given, environment=self.environment)

    def up(self) -> str:
        return self.compose("up", "--wait", "--wait-timeout", "300")

    def upgrade(self) -> str:
        """As an operator does it. What it says; raises CalledProcessError."""
        environment = {**self.environment, "COMPOSE_PROJECT_NAME": self.project}
        return subprocess.run((UPGRADE,), env=environment, capture_output=True, text=True, check=True).stdout

    def workers(self) -> Sequence[str]:
        """The ids of all containers at work, by whatever number."""
        return self.compose("ps", "-q", *WORKERS).split()

    def container(self, name: str, number: int = 1) -> str:
        return f"{self.project}-{name}-{number}"

    def guichet(self, service: str, *words: str, given: str | None = None) -> str:
        """A command, as an operator gives it: in a container of the service it is about."""
        return self.compose("exec", "-T", f"{service}-api", "guichet", *words, given=given)

    def look(self, path: str, containers: Sequence[str]) -> Mapping[str, str]:
        """What each answers at that path of its admin port; who cannot be asked answers why."""
        asked = ask("exec", self.container("notifier-api"), "python", "-IS", "-c", LOOK, path, *containers)
        answers: dict[str, str] = json.loads(asked.out) if asked.status == 0 else dict.fromkeys(containers, asked.err)
        return answers

    async def until_well(self) -> None:
        """Every worker says that all it needs is there, and every server that it serves."""
        try:
            await until(lambda: not self.unwell(), PATIENCE)
        except AssertionError:
            raise AssertionError(f"not well: {self.unwell()}") from None

    def unwell(self) -> Mapping[str, str]:
        """Who is not, and why: `degraded` is not well here."""
        reports = self.look("readyz", [self.container(name) for name in WORKERS])
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

    def import_customers(self, portal: str, *people: tuple[str, str]) -> str:
        """Each with an identifier ("": by the portal's rule) and an address."""
        file = io.StringIO()
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows((code, "", "Camille Exemple", to, "fr", "false", "false", "") for code, to in people)
        return self.guichet("auth", "accounts", "import", portal, "-", given=file.getvalue())


@contextmanager
def new_system(*besides: Path) -> Iterator[System]:
    """Left behind by nobody: volumes and all are gone afterwards."""
    system = System(f"{NAME}-{os.getpid()}-{next(_numbers)}", free_port(), free_port(), besides)
    try:
        yield system
    finally:
        system.compose("down", "--volumes", "--timeout", "10")


def remove_what_killed_runs_left() -> None:
    for project in json.loads(docker("compose", "ls", "--all", "--format", "json")):
        found = re.fullmatch(rf"{NAME}-(\d+)-\d+", project["Name"])
        if found and not Path(f"/proc/{found[1]}").exists():
            docker("compose", "-p", project["Name"], "down", "--volumes", "--timeout", "1")


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
