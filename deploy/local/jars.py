"""The broker's jars in the user's cache: fetched once, by Maven, or out of Kafka's image where there is only Docker."""

import asyncio
import os
import re
import shutil
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Sequence
from pathlib import Path

from deploy.local.faults import Missing
from deploy.local.java import java
from deploy.local.report import Report, silent

POM = Path(__file__).with_name("kafka.pom.xml")


async def kafka_jars(report: Report = silent) -> Path:
    """Their folder; the first time takes about 10 s. Raises Missing."""
    folder = jars_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as place:
        fetched = Path(place, "jars")
        if jars_source() == "Maven":
            await _by_maven(fetched, report)
        else:
            await _by_docker(fetched, report)
        _keep(fetched, folder)
    return folder


def _keep(fetched: Path, folder: Path) -> None:
    try:
        fetched.rename(folder)
    except OSError:
        if not folder.is_dir():  # else somebody was faster, and his are as good
            raise


def jars_folder() -> Path:
    """Where they are, or will be."""
    return cache_folder() / f"kafka-{_version()}"


def cache_folder() -> Path:
    """What was fetched or built once for whoever runs this, in whatever clone."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "guichet")


def jars_source() -> str:
    """What can fetch them here: `Maven` or `Docker`. Raises Missing."""
    for program, name in (("mvn", "Maven"), ("docker", "Docker")):
        if shutil.which(program):
            return name
    raise Missing(
        "nothing to fetch Kafka with: install Maven (apt-get install maven) or Docker, "
        "or name a broker with --kafka HOST:PORT"
    )


async def _by_maven(folder: Path, report: Report) -> None:
    goal = ("dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime")
    home = (await java()).resolve().parents[1]  # Maven may be there without a Java of its own
    await _run(("mvn", "--batch-mode", "--file", str(POM), *goal), report, JAVA_HOME=str(home))


async def _by_docker(folder: Path, report: Report) -> None:
    """The image is made of the same jars, and a broker outside a container ends with its parent."""
    container = (await _run(("docker", "create", f"apache/kafka:{_version()}"), report))[-1]
    try:
        await _run(("docker", "cp", f"{container}:/opt/kafka/libs", str(folder)), report)
    finally:
        await _run(("docker", "rm", container), report)


async def _run(command: Sequence[str], report: Report, **environment: str) -> Sequence[str]:
    """Returns what it printed, by line. Raises Missing."""
    report("fetching, once")
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=STDOUT, env={**os.environ, **environment}
    )
    assert process.stdout  # noqa: S101 -- it was asked for
    lines: list[str] = []
    async for line in process.stdout:
        lines.append(line.decode(errors="replace").strip())
        if fetched := sum(said.startswith("Downloaded ") and ".jar " in said for said in lines):
            report(f"fetching, once: {fetched} jars")
    if await process.wait():
        faults = [said for said in lines if said.startswith("[ERROR]")] or lines[-3:]
        raise Missing(f"{command[0]} could not fetch Kafka: " + "; ".join(faults[:3]))
    return lines


def _version() -> str:
    found = re.search(r"<version>(4[.\d]+)</version>", POM.read_text())
    assert found  # noqa: S101 -- our own file
    return found[1]
