"""`guichet doctor`: what is missing on this machine, and how the system is that the settings name."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from platform import python_version
from typing import NamedTuple, get_args

from cyclopts import App

from deploy.cli import checkup
from deploy.cli.faults import explain
from deploy.cli.run import ServiceName
from deploy.cli.surroundings import data_folder, environment, running_stack, stacks_run_here

app = App(name="doctor", help_epilogue="Example: `guichet doctor`")

PATIENCE = 10.0  # seconds for each look

Look = Callable[[], Awaitable[str]]


class Finding(NamedTuple):
    what: str
    well: bool
    detail: str


@app.default
def doctor() -> int:
    """Look at what the local stack needs, then at the system that the settings name; 1 when something is wrong."""
    return asyncio.run(_tell())


async def _tell() -> int:
    status = 0
    async for finding in _findings():
        print(f"{'✓' if finding.well else '✗'} {finding.what:<16}{finding.detail}", flush=True)
        if not finding.well:
            print(f"guichet: {finding.what}: {finding.detail}", file=sys.stderr)
            status = 1
    return status


async def _findings() -> AsyncIterator[Finding]:
    yield Finding("Python", True, python_version())
    if stacks_run_here():
        yield await _found("Java", checkup.java)
        yield await _found("Kafka", checkup.kafka_jars)
        yield await _found("PostgreSQL", checkup.postgres_programs)
        state = "runs" if running_stack() else "does not run"
        yield Finding("local stack", True, f"{state} in {data_folder()}")
    for service in get_args(ServiceName):
        if "GUICHET_DATABASE_URL" in environment(service):
            yield await _found(f"{service}'s data", partial(checkup.database, service))
    given = {name: value for service in get_args(ServiceName) for name, value in environment(service).items()}
    if "GUICHET_KAFKA_SERVERS" in given:
        yield await _found("topics", checkup.topics)
    if url := given.get("GUICHET_SMTP_URL"):
        yield await _found("SMTP", partial(checkup.smtp, url))
    if folder := given.get("GUICHET_PORTALS"):
        yield await _found("portals", partial(checkup.portals, folder))


async def _found(what: str, look: Look) -> Finding:
    try:
        return Finding(what, True, await asyncio.wait_for(look(), PATIENCE))
    except TimeoutError:
        return Finding(what, False, f"no answer within {PATIENCE:g} s")
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        return Finding(what, False, "; ".join(known.lines))
