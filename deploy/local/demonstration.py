"""The demonstration: customers on the first start, and on every start one of its own for the proof."""

import asyncio
import csv
import io
import json
import time
from asyncio.subprocess import PIPE
from dataclasses import dataclass

from deploy.local.faults import LocalFault
from deploy.local.files import write_private
from deploy.local.services import DELIVERED, GUICHET, clean_environment, stack_environment
from deploy.local.stack import Stack

PORTAL = "egec"  # the portal of the proof: its whole way needs no operator
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
    """Customers, and a client that may do everything. Raises DemonstrationFailed."""
    with stack.teller.step("customers") as step:
        stack.staff = await _loaded_once(stack)
        await guichet(stack, "accounts", "import", PORTAL, "-", given=proof.csv)
        step.done(f"the demonstration's, and {proof.email}")


async def _loaded_once(stack: Stack) -> dict[str, str]:
    """What somebody changed since the first start is his: it is not loaded again. Returns the demonstration's staff."""
    kept = stack.folder / "demonstration.json"
    if not kept.exists():
        for portal in stack.portals:
            file = DELIVERED / portal / "demo" / "accounts.csv"
            if file.exists():
                await guichet(stack, "accounts", "import", portal, str(file))
        staff = await guichet(stack, "clients", "create", "demonstration", "--all", "--json")
        write_private(kept, json.dumps({"staff": json.loads(staff)}))
    staff_kept: dict[str, str] = json.loads(kept.read_text())["staff"]
    return staff_kept


async def guichet(stack: Stack, *command: str, given: str = "") -> str:
    """A command as an operator gives it; returns what it printed. Raises DemonstrationFailed."""
    environment = clean_environment() | stack_environment(stack.folder, stack.endpoints(), "auth")
    process = await asyncio.create_subprocess_exec(
        *GUICHET, *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
    )
    said, faults = await process.communicate(given.encode())
    if process.returncode:
        raise DemonstrationFailed(f"guichet {' '.join(command)}: {faults.decode(errors='replace').strip()}")
    return said.decode()
