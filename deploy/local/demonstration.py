"""The demonstration: customers and contracts once; on every start a customer for the proof, and new keys."""

import asyncio
import csv
import io
import json
import time
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

from deploy.local.faults import LocalFault
from deploy.local.files import write_private
from deploy.local.services import DELIVERED, GUICHET, clean_environment, stack_environment
from deploy.local.stack import Stack

PORTAL = "egec"  # the portal of the proof: its whole way needs no operator
IMPORTED = {"accounts": "auth", "contracts": "contracts"}  # kind of file -> whose database it goes to
COLUMNS = ("identifier", "title", "name", "email", "language", "shared_mailbox", "contact_person", "services")


class DemonstrationFailed(LocalFault):
    """A command of the demonstration failed; says what it said."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Made for this run; the portal's rule makes the identifier."""

    name: str
    email: str

    @property
    def csv(self) -> str:
        file = io.StringIO()
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerow(("", "", self.name, self.email, "fr", "false", "false", ""))
        return file.getvalue()


def new_customer() -> Customer:
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return Customer("Camille Exemple", f"proof-{moment}-{time.time_ns() % 1_000_000:06}@example.org")


async def load(stack: Stack, proof: Customer) -> None:
    """Customers, contracts with keys, and a client that may do everything. Raises DemonstrationFailed."""
    with stack.teller.step("customers") as step:
        stack.staff = await _loaded_once(stack)
        _, stack.keys = await asyncio.gather(
            guichet(stack, "accounts", "import", PORTAL, "-", given=proof.csv), _new_keys(stack)
        )
        step.done(f"the demonstration's, and {proof.email}")


async def _new_keys(stack: Stack) -> list[tuple[str, str, str]]:
    """Portal, contract and key, one for each portal that has a contract nobody was named for: new ones at each start,
    as of the former only hashes are kept."""
    portals = [(portal, number) for portal in stack.portals if (number := _unlinked(portal))]
    issue = ("activation-keys", "issue")
    said = await asyncio.gather(
        *(guichet(stack, *issue, portal, number, "--json", service="contracts") for portal, number in portals)
    )
    return [(*named, json.loads(answer)["key"]) for named, answer in zip(portals, said, strict=True)]


def _unlinked(portal: str) -> str | None:
    """The number of the first contract of the portal's demonstration that has no holder."""
    file = _demo_file(portal, "contracts")
    if not file.exists():
        return None
    with file.open(newline="", encoding="utf-8") as opened:
        return next((row["number"] for row in csv.DictReader(opened) if not row["holder_identifier"]), None)


def _demo_file(portal: str, what: str) -> Path:
    return DELIVERED / portal / "demo" / f"{what}.csv"


async def _loaded_once(stack: Stack) -> dict[str, str]:
    """What somebody changed since the first start is his: it is not loaded again. Returns the demonstration's staff."""
    kept = stack.folder / "demonstration.json"
    if not kept.exists():
        files = [(portal, what, _demo_file(portal, what)) for portal in stack.portals for what in IMPORTED]
        await asyncio.gather(
            *(
                guichet(stack, what, "import", portal, str(file), service=IMPORTED[what])
                for portal, what, file in files
                if file.exists()
            )
        )
        write_private(kept, json.dumps({"staff": await _new_staff(stack)}))
    staff_kept: dict[str, str] = json.loads(kept.read_text())["staff"]
    return staff_kept


async def _new_staff(stack: Stack) -> dict[str, str]:
    """Somebody at the desk, and a machine, who may do everything everywhere."""
    person, machine = await asyncio.gather(
        guichet(stack, "staff", "add", "accueil", "--name", "Sacha Exemple", "--role", "supervisor", "--json"),
        guichet(stack, "clients", "create", "demonstration", "--all", "--json"),
    )
    shown, known = json.loads(person), json.loads(machine)
    return {name: str(value) for name, value in {**shown, **known}.items() if name not in ("id", "recovery_codes")}


async def guichet(stack: Stack, *command: str, given: str = "", service: str = "auth") -> str:
    """A command as an operator of `service` gives it; returns what it printed. Raises DemonstrationFailed."""
    environment = clean_environment() | stack_environment(stack.folder, stack.endpoints(), service)
    process = await asyncio.create_subprocess_exec(
        *GUICHET, *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
    )
    said, faults = await process.communicate(given.encode())
    if process.returncode:
        raise DemonstrationFailed(f"guichet {' '.join(command)}: {faults.decode(errors='replace').strip()}")
    return said.decode()
