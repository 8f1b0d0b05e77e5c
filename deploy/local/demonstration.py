"""The demonstration: customers and contracts once; on every start a customer for the proof, and new keys."""

import csv
import io
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.files import write_private
from deploy.local.commands import Command, run_commands
from deploy.local.services import DELIVERED, stack_environment
from deploy.local.stack import Stack

PORTAL = "egec"  # the portal of the proof: its whole way needs no operator
IMPORTED = {"accounts": "auth", "contracts": "contracts"}  # kind of file -> whose database it goes to
COLUMNS = ("identifier", "title", "name", "email", "language", "shared_mailbox", "contact_person", "services")


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
    """Customers, contracts with keys, and a client that may do everything. Raises CommandsFailed."""
    with stack.teller.step("customers") as step, _written(proof, stack.folder) as file:
        kept, numbers = stack.folder / "demonstration.json", _unlinked(stack)
        first = [] if kept.exists() else [*_staff(stack), *_files(stack)]
        keys = [
            _command(stack, "contracts", "activation-keys", "issue", portal, number, "--json")
            for portal, number in numbers
        ]
        proving = _command(stack, "auth", "accounts", "import", PORTAL, str(file))
        said = await run_commands([*first, proving, *keys])
        if first:
            write_private(kept, json.dumps({"staff": _staff_of(*said[:2])}))
        stack.staff = json.loads(kept.read_text())["staff"]
        shown = zip(numbers, said[len(said) - len(keys) :], strict=True)
        stack.keys = [(portal, number, json.loads(answer)["key"]) for (portal, number), answer in shown]
        step.done(f"the demonstration's, and {proof.email}")


@contextmanager
def _written(proof: Customer, folder: Path) -> Iterator[Path]:
    file = folder / "proof.csv"
    write_private(file, proof.csv)
    try:
        yield file
    finally:
        file.unlink()


def _staff(stack: Stack) -> Sequence[Command]:
    """Somebody at the desk, and a machine, who may do everything everywhere."""
    person = ("staff", "add", "accueil", "--name", "Sacha Exemple", "--role", "supervisor", "--json")
    machine = ("clients", "create", "demonstration", "--all", "--json")
    return [_command(stack, "auth", *person), _command(stack, "auth", *machine)]


def _staff_of(person: str, machine: str) -> dict[str, str]:
    told = {**json.loads(person), **json.loads(machine)}
    return {name: str(value) for name, value in told.items() if name not in ("id", "recovery_codes")}


def _files(stack: Stack) -> Sequence[Command]:
    """Once: what somebody changed since the first start is his."""
    files = [(portal, what, _demo_file(portal, what)) for portal in stack.portals for what in IMPORTED]
    return [
        _command(stack, IMPORTED[what], what, "import", portal, str(file))
        for portal, what, file in files
        if file.exists()
    ]


def _unlinked(stack: Stack) -> Sequence[tuple[str, str]]:
    """Portal and contract, one for each portal that has a contract nobody was named for. Each gets a new key at each
    start, as of the former only hashes are kept."""
    found = []
    for portal in stack.portals:
        if (file := _demo_file(portal, "contracts")).exists():
            with file.open(newline="", encoding="utf-8") as opened:
                found += [(portal, row["number"]) for row in csv.DictReader(opened) if not row["holder_identifier"]][:1]
    return found


def _demo_file(portal: str, what: str) -> Path:
    return DELIVERED / portal / "demo" / f"{what}.csv"


def _command(stack: Stack, service: str, *words: str) -> Command:
    """As an operator of `service` gives it."""
    return Command(stack_environment(stack.folder, stack.endpoints(), service), words)
