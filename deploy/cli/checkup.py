"""What `guichet doctor` looks at. Each look returns what it found, and raises what is wrong."""

import asyncio
from pathlib import Path

import asyncpg

from deploy.cli.faults import CommandFailed
from deploy.cli.surroundings import database_url, kafka_settings
from services.notifier.smtp_server import parse_smtp_url
from shared.db.migrate import missing_migrations
from shared.kafka.admin import missing_topics
from shared.portals.loader import load_portals

# What a local stack needs; asked for only where one can run.


async def java() -> str:
    from deploy.local.java import java as find_java

    return str(await find_java())


async def kafka_jars() -> str:
    from deploy.local import jars

    folder = jars.jars_folder()
    if folder.is_dir():
        return str(folder)
    return f"not fetched yet; {jars.jars_source()} will, once"


async def postgres_programs() -> str:
    from deploy.local.postgres import program

    return str(program("postgres"))


async def database(service: str) -> str:
    url = database_url(service)
    connection = await asyncpg.connect(url)
    try:
        version = await connection.fetchval("show server_version")
    finally:
        await connection.close()
    missing = await asyncio.to_thread(missing_migrations, url, service)
    if missing:
        raise CommandFailed(f"{len(missing)} migrations are missing: guichet migrate {service}")
    return f"PostgreSQL {version}, up to date"


async def topics() -> str:
    kafka = kafka_settings()
    missing = await missing_topics(kafka)
    if missing:
        names = ", ".join(shape.topic for shape in missing)
        raise CommandFailed(f"{names} missing on {kafka.servers}: guichet topics apply")
    return f"all there on {kafka.servers}"


async def smtp(url: str) -> str:
    try:
        server = parse_smtp_url(url)
    except ValueError as error:
        raise CommandFailed(f"GUICHET_SMTP_URL: {error}") from None
    reader, writer = await asyncio.open_connection(server.host, server.port, ssl=server.tls == "implicit")
    greeting = (await reader.readline()).decode(errors="replace").strip()
    writer.close()
    if not greeting.startswith("220"):
        raise CommandFailed(f"{server} greets with {greeting!r}")
    return greeting


async def portals(folder: str) -> str:
    return ", ".join(portal.name for portal in load_portals(Path(folder)))
