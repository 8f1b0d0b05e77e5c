"""What customers, contracts, facts and mails take: on the databases' disks, in Kafka, and of the processes' memory.

For docs/operations.md, where an operator reckons how much of what is needed.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
import psutil

from benchmarks.activations import activate, from_commit_to_mail
from benchmarks.contract_import import write_contracts
from benchmarks.customers import known_to, load_customers, raise_if_failed
from benchmarks.figures import Figure
from benchmarks.pace import at_rate
from benchmarks.portal import PORTAL
from benchmarks.stamping_sink import run_stamping_sink
from benchmarks.until import until
from benchmarks.web import Clients
from benchmarks.world import World, open_world
from deploy.local.child import Child
from deploy.local.ports import free_port
from shared.events import Topic

PER_SECOND = 5  # activations

# Without the outbox, which an import fills and cleaning empties again.
SIZE = """
    select sum(pg_total_relation_size(oid))::bigint
      from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'outbox'
"""
LEFT = "select count(*) from outbox"


class Stand(NamedTuple):
    """Bytes, by service and by topic."""

    databases: dict[str, int]
    topics: dict[Topic, int]

    def since(self, former: "Stand", service: str, count: int) -> float:
        return (self.databases[service] - former.databases[service]) / count

    def told_since(self, former: "Stand", topics: Sequence[Topic], count: int) -> float:
        return sum(self.topics[topic] - former.topics[topic] for topic in topics) / count


async def measure(*, quick: bool) -> list[Figure]:
    count, mails = (5_000, 100) if quick else (20_000, 400)
    http = free_port()
    async with (
        open_world() as world,
        run_stamping_sink(world.folder) as sink,
        world.service("auth", HTTP_PORT=http, TRUSTED_PROXIES="127.0.0.1") as auth,
        world.service("contracts") as contracts,
        world.service("notifier", smtp=sink.address) as notifier,
        Clients(http) as clients,
    ):
        processes = {"auth": auth, "contracts": contracts, "notifier": notifier}
        begun = await _stand(world, processes)
        await load_customers(world, count)
        await known_to(notifier, world, count)
        await _told(world, processes)
        imported = await _stand(world, processes)
        await _import_contracts(world, count)
        await _told(world, processes)
        linked = await _stand(world, processes)
        await at_rate(PER_SECOND, mails, lambda number: activate(clients, number))
        await from_commit_to_mail(world, sink, notifier, mails)
        await _told(world, processes)
        mailed = await _stand(world, processes)
        memory = {name: psutil.Process(child.pid).memory_info().rss / 1e6 for name, child in processes.items()}
    facts = (Topic.ACCOUNTS, Topic.NOTIFICATIONS)
    return [
        *(
            Figure(f"a customer in the database of {name}", imported.since(begun, name, count), "bytes")
            for name in processes
        ),
        Figure("a customer in Kafka", imported.told_since(begun, list(Topic), count), "bytes"),
        Figure("a linked contract in the database of contracts", linked.since(imported, "contracts", count), "bytes"),
        Figure("a linked contract in Kafka", linked.told_since(imported, list(Topic), count), "bytes"),
        *(
            Figure(f"a password's mail in the database of {name}", mailed.since(linked, name, mails), "bytes")
            for name in processes
        ),
        Figure("a password's mail in Kafka", mailed.told_since(linked, facts, mails), "bytes"),
        *(Figure(f"memory of {name} with every role", taken, "MB") for name, taken in memory.items()),
    ]


async def _import_contracts(world: World, count: int) -> None:
    """Each with a holder."""
    path = await asyncio.to_thread(write_contracts, world.folder / "contracts.csv", count)
    log = world.folder / "logs" / "contracts-import.log"
    command = await world.command("contracts", "contracts", "import", PORTAL, str(path), log=log)
    await command.process.wait()
    raise_if_failed(command)


async def _told(world: World, processes: dict[str, Child]) -> None:
    """Returns when all that was committed is in Kafka."""
    for service, child in processes.items():
        database = await asyncpg.connect(world.databases[service])
        try:
            await until(lambda database=database: database.fetchval(LEFT), 0, within=120, child=child)
        finally:
            await database.close()


async def _stand(world: World, processes: dict[str, Child]) -> Stand:
    databases = {}
    for service in processes:
        database = await asyncpg.connect(world.databases[service])
        databases[service] = await database.fetchval(SIZE)
        await database.close()
    logs = list((world.folder / "kafka").rglob("*.log"))
    return Stand(
        databases,
        {topic: sum(log.stat().st_size for log in logs if log.parent.name.startswith(f"{topic}-")) for topic in Topic},
    )
