"""The machine and the versions a result belongs to: without them no figure can be compared."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("aiokafka", "aiosmtplib", "argon2-cffi", "asyncpg", "celery", "dramatiq", "faststream", "uvloop")


def facts() -> dict[str, object]:
    """`load_before`: the load averages when the run began; above a few tenths somebody else was at work too."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "commit": _commit(),
        "packages": {package: version(package) for package in PACKAGES},
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    described = subprocess.run(
        ("git", "describe", "--always", "--dirty"),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return described.stdout.strip() or "unknown"
