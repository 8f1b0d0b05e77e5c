"""Helm, to check the chart with: the one on the path where it is new enough, else built by Go, in the user's cache."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.faults import Missing
from deploy.local.jars import cache_folder

MAJOR = "v4"
VERSION = "v4.3.1"
MODULE = f"helm.sh/helm/{MAJOR}/cmd/helm@{VERSION}"
NOT_OPTIMISED = "-gcflags=all=-N -l"  # built in three quarters of the time, and quick enough for a test
BY_HAND = f"install Helm {MAJOR.removeprefix('v')}, or Go 1.26 (https://go.dev/dl), which builds it"


def find_helm() -> Path | None:
    """Its path."""
    found = shutil.which("helm")
    if found and _version(found).startswith(f"{MAJOR}."):
        return Path(found)
    built = _built()
    return built if built.exists() else None


def require_helm() -> None:
    """Raises Missing."""
    if find_helm() is None:
        _build()


def _build() -> None:
    """Into a folder beside the place first, so that what is there is whole."""
    go = shutil.which("go")
    if go is None:
        raise Missing(f"helm is missing, and there is no Go to build it with: {BY_HAND}")
    print(f"guichet: building Helm {VERSION}, once", file=sys.stderr)  # noqa: T201
    built = _built()
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent, prefix="building-") as place:
        made = {**os.environ, "GOBIN": place, "CGO_ENABLED": "0"}
        command = (go, "install", "-trimpath", "-ldflags=-s -w", NOT_OPTIMISED, MODULE)
        done = subprocess.run(command, env=made, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"Go could not build {MODULE}: {done.stderr.strip().splitlines()[-1:]}; {BY_HAND}")
        Path(place, "helm").rename(built)


def _built() -> Path:
    return cache_folder() / f"helm-{VERSION}"


def _version(program: str) -> str:
    said = subprocess.run((program, "version", "--short"), capture_output=True, text=True, check=False)
    return said.stdout.strip()
