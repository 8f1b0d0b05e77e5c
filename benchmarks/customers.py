"""Customer files of any length. All of the people in them are the same one, who does not exist."""

from pathlib import Path

import asyncpg

from benchmarks.portal import PORTAL
from benchmarks.until import until
from benchmarks.world import World
from deploy.local.child import Child

HEADER = "identifier,title,name,email,language,shared_mailbox,contact_person,services\n"
KNOWN = "select count(*) from accounts where version is not null"  # to the notifier


def address(number: int) -> str:
    return f"client-{number}@exemple.fr"


def number(address: str) -> int:
    return int(address.partition("@")[0].removeprefix("client-"))


def identifier(number: int) -> str:
    return f"{number:010}"


def write_customers(path: Path, count: int, *, first: int = 0) -> Path:
    """Customers `first` to `first + count - 1`, as an operator would send them."""
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(first, first + count):
            file.write(f"{identifier(number)},Mme,Camille Exemple,{address(number)},fr,false,false,\n")
    return path


async def load_customers(world: World, count: int) -> None:
    """Imports customers 0 to `count - 1`. Raises ProcessEnded."""
    importing = await import_customers(world, write_customers(world.folder / "customers.csv", count))
    await importing.process.wait()
    raise_if_failed(importing)


async def import_customers(world: World, path: Path) -> Child:
    """`guichet accounts import`, started."""
    log = world.folder / "logs" / "import.log"
    return await world.command("auth", "accounts", "import", PORTAL, str(path), log=log)


def raise_if_failed(command: Child) -> None:
    """Of one that has ended: raises ProcessEnded with what it said."""
    if command.process.returncode:
        command.raise_if_ended()


async def known_to(notifier: Child, world: World, count: int) -> None:
    """Returns when the notifier knows where that many customers are reached."""
    database = await asyncpg.connect(world.databases["notifier"])
    try:
        await until(lambda: database.fetchval(KNOWN), count, within=30 + count / 500, child=notifier)
    finally:
        await database.close()
