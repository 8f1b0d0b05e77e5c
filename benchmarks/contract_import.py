"""The import of a whole file of contracts by the operator's command; of every tenth the holder is known already."""

import asyncio
import time
from pathlib import Path

from benchmarks.customers import raise_if_failed
from benchmarks.figures import Figure, at_most
from benchmarks.holders import PORTAL, holder_identifier, insert_holders
from benchmarks.memory import watch_memory
from benchmarks.world import open_world

HEADER = "number,holder_identifier,label,street,postal_code,city\n"


async def measure(*, quick: bool) -> list[Figure]:
    count = 20_000 if quick else 1_000_000
    async with open_world("contracts") as world:
        await insert_holders(world, count // 10)
        path = await asyncio.to_thread(write_contracts, world.folder / "contracts.csv", count)
        begun, log = time.perf_counter(), world.folder / "logs" / "import.log"
        command = await world.command("contracts", "contracts", "import", PORTAL, str(path), log=log)
        memory = await watch_memory(command)
        applied_in = time.perf_counter() - begun
        raise_if_failed(command)
    return [
        Figure(f"{count:,} contracts imported", count / applied_in, "rows/s"),
        Figure("peak memory of the import", memory.peak, "MB", at_most(300)),
        Figure("the most in its last quarter beside its first half", memory.growth, "x", at_most(1.1)),
    ]


def write_contracts(path: Path, count: int) -> Path:
    """Each named with a holder, of the customers' identifiers."""
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(count):
            holder = holder_identifier(number)
            file.write(f"23-{number:07},{holder},Maison des Étangs,4 rue du Puits,23000,Guéret\n")
    return path
