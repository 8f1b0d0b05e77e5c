"""What pip cannot bring: `python -m deploy.local.prerequisites chromium` installs what is missing, or says how.

Where it is root it installs by apt-get; elsewhere what is missing gets one line, and the command fails.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from deploy.local.faults import LocalFault
from deploy.local.helm import require_helm
from deploy.local.jars import kafka_jars
from deploy.local.java import java


class Program(NamedTuple):
    commands: Sequence[str]  # any of them will do
    package: str  # Debian's name


PROGRAMS = {
    "chromium": Program(("chromium", "chromium-browser", "google-chrome"), "chromium"),
    "redis": Program(("redis-server",), "redis-server"),
    "promtool": Program(("promtool",), "prometheus"),
    "postfix": Program(("smtp-sink",), "postfix"),
}


class Lacking(LocalFault):
    """A program that is not there and cannot be installed from here."""


def find_program(name: str) -> str | None:
    """Its path. /usr/sbin counts too: servers live there, and not on everybody's path."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    return next((found for command in PROGRAMS[name].commands if (found := shutil.which(command, path=path))), None)


def require_program(name: str) -> None:
    """Raises Lacking."""
    if find_program(name) is None:
        _install(PROGRAMS[name].package)
    if find_program(name) is None:
        raise Lacking(f"{name} was installed, and is not found")


def require_kafka() -> None:
    """The broker's jars, fetched now rather than in the middle of a test. Raises Missing."""
    if "TEST_KAFKA" not in os.environ:
        asyncio.run(_fetch_kafka())


async def _fetch_kafka() -> None:
    await java()
    await kafka_jars()


def require_docker() -> None:
    """An engine that answers, with Compose. Raises Lacking."""
    if shutil.which("docker") is None:
        raise Lacking("docker is missing: the tests in containers need its client, with Compose, and an engine")
    for what, *command in (("no Docker engine answers", "version"), ("Docker has no Compose", "compose", "version")):
        asked = subprocess.run(("docker", *command), capture_output=True, text=True, check=False)
        if asked.returncode:
            raise Lacking(f"{what}: {' '.join(asked.stderr.split()) or 'start one'}")


def _install(package: str) -> None:
    """Raises Lacking."""
    by_hand = f"apt-get install {package}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Lacking(f"{package} is missing and cannot be installed from here: {by_hand}, as root")
    print(f"guichet: installing {package}", file=sys.stderr)  # noqa: T201
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)
    for command in (("apt-get", "update", "--quiet"), install):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Lacking(f"{by_hand} failed: {done.stderr.strip().splitlines()[-1:]}")


def require(name: str) -> None:
    """Raises LocalFault."""
    if name == "kafka":
        require_kafka()
    elif name == "docker":
        require_docker()
    elif name == "helm":
        require_helm()
    elif name in PROGRAMS:
        require_program(name)
    else:
        raise Lacking(f"nobody knows the prerequisite {name!r}; there are kafka, docker, helm, {', '.join(PROGRAMS)}")


def main(names: Sequence[str]) -> int:
    """Every one that is lacking gets its line."""
    status = 0
    for name in names:
        try:
            require(name)
        except LocalFault as lacking:
            print(f"guichet: {lacking}", file=sys.stderr)  # noqa: T201
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
