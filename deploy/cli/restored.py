"""`guichet restored SERVICE`: after its database was restored from a backup, and before it starts."""

import asyncio
import importlib

from cyclopts import App

from deploy.cli.run import ServiceName
from deploy.cli.surroundings import database_url, kafka_settings
from deploy.recall import Heard, Recollection, recall
from shared import audit
from shared.access_tokens import DESK
from shared.db import open_database
from shared.ids import PortalName
from shared.kafka.settings import KafkaSettings

app = App(name="restored", help_epilogue="Example: `guichet restored notifier`")


@app.default
def restored(service: ServiceName) -> None:
    """Take back in what a service told others after the backup: it is read from the service's own topics.

    Run it when the database is back, while no process of the service runs, as a Kafka user who may read these topics.
    Twice is as once.

    Parameters
    ----------
    service
        Whose database was restored.
    """
    recollection: Recollection = importlib.import_module(f"services.{service}.handlers.recall").Recollection()
    url = database_url(service)
    who = audit.operator(f"guichet restored {service}")
    heard, lines = asyncio.run(_restore(url, kafka_settings(), recollection, who))
    print(f"{service}: {heard.facts} facts of its own heard again; it may start")
    if heard.unreadable:
        print(f"{heard.unreadable} messages cannot be read by this version, and were left out")
    for line in lines:
        print(line)


async def _restore(
    url: str, kafka: KafkaSettings, recollection: Recollection, who: audit.Actor
) -> tuple[Heard, list[str]]:
    async with open_database(url, max_size=1) as db:
        heard = await recall(db, kafka, recollection)
        async with db.transaction() as tx:
            lines = await recollection.finish(tx)
            await audit.insert_entry(tx, who, "database_restored", PortalName(DESK))
    return heard, list(lines)
