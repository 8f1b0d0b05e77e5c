"""The steps of a start, each a line on the screen."""

import asyncio

from deploy.local.child import Child
from deploy.local.databases import make_database, make_roles
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from deploy.local.report import Report
from deploy.local.services import SENDING, SERVICES, run_front, run_service, stack_environment
from deploy.local.stack import Stack


async def start_broker(stack: Stack) -> None:
    """With its topics. Raises Missing, ProcessEnded, KafkaError."""
    with stack.teller.step("Kafka") as step:
        if stack.servers.kafka:
            await _start(stack, stack.servers.kafka, step.report)
        from shared.kafka.admin import apply_topics
        from shared.kafka.settings import KafkaSettings

        made = await apply_topics(KafkaSettings(stack.servers.bootstrap))
        step.done(stack.servers.bootstrap + (f", {len(made)} topics made" if made else ""))


async def start_databases(stack: Stack) -> None:
    """With their roles and tables. Raises Missing, ProcessEnded."""
    with stack.teller.step("PostgreSQL") as step:
        if stack.servers.postgres:
            await _start(stack, stack.servers.postgres, step.report)
        url, key = stack.servers.administrator_url, stack.servers.key
        await make_roles(url, key, SERVICES)
        made = [await make_database(url, key, service) for service in SERVICES]
        step.report("migrating")
        from shared.db.migrate import migrate

        work = (asyncio.to_thread(migrate, each.owner_url, name) for each, name in zip(made, SERVICES, strict=True))
        applied = sum(map(len, await asyncio.gather(*work)))
        step.done(url.rpartition("@")[2] + (f", {applied} migrations applied" if applied else ""))


async def lay_out(stack: Stack) -> None:
    """Keys, portals, and where mails go. Raises PortalFaults."""
    await asyncio.to_thread(_import_later_steps)
    from deploy.key_files import make_keys
    from deploy.local.portals import lay_portals

    make_keys(stack.folder / "keys")
    portals, port = stack.folder / "portals", stack.servers.options.port
    stack.portals = await asyncio.to_thread(lay_portals, portals, port)
    await stack.servers.catch_mails()


def _import_later_steps() -> None:
    """In a thread, while the broker starts: that takes longer, and a start that imports first would wait for both."""
    import shared.kafka.admin  # noqa: F401


async def start_services(stack: Stack) -> None:
    """All of them side by side, and the front before them. Raises ProcessEnded, NotReady."""
    ports = {service: free_port() for service in SERVICES}
    front = await run_front(stack.listening, ports, stack.folder)
    stack.keeper.keep(front, lambda: run_front(stack.listening, ports, stack.folder))
    async with asyncio.TaskGroup() as starting:
        for service in SERVICES:
            starting.create_task(_start_service(stack, service, ports[service]))


async def _start(stack: Stack, server: KafkaServer | PostgresServer, report: Report) -> None:
    child = stack.keeper.adopt(await server.launch(report))
    await server.served()
    stack.keeper.keep(child, server.launch)


async def _start_service(stack: Stack, service: str, http_port: int) -> None:
    from deploy.local.ready import until_ready

    admin_port = free_port()
    settings = stack_environment(stack.folder, stack.endpoints(), service)
    settings["GUICHET_DATABASE_URL"] = stack.servers.databases[service].url  # its own role's, not the owner's
    settings["GUICHET_ADMIN_PORT"] = str(admin_port)
    settings |= {"GUICHET_HTTP_PORT": str(http_port), "GUICHET_TRUSTED_PROXIES": "127.0.0.1"}
    if service in SENDING:
        settings["GUICHET_SMTP_URL"] = stack.servers.smtp_url

    async def launch() -> Child:
        return await run_service(service, settings, stack.folder)

    with stack.teller.step(service) as step:
        child = stack.keeper.adopt(await launch())
        await until_ready(child, admin_port)
        stack.keeper.keep(child, launch)
        step.done(f"process {child.pid}")
