"""The Docker engine, by its client, as an operator uses it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

IMAGE = "guichet:local"
BASE = "python:3.13-slim"
HEALTH = ("python", "-IS", "/opt/guichet/lib/python3.13/site-packages/deploy/healthcheck.py")
CONFINED = ("--read-only", "--cap-drop", "ALL", "--user", "10001")


class Done(NamedTuple):
    status: int
    out: str
    err: str


def ask(*words: str, given: str | None = None, environment: Mapping[str, str] | None = None) -> Done:
    """Whatever comes of it."""
    done = subprocess.run(("docker", *words), input=given, capture_output=True, text=True, check=False, env=environment)
    return Done(done.returncode, done.stdout, done.stderr)


def docker(*words: str, given: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What it printed; fails where it failed."""
    done = ask(*words, given=given, environment=environment)
    assert done.status == 0, f"docker {' '.join(words)}: {done.err or done.out}"
    return done.out


def inspect(what: str) -> Any:
    (found,) = json.loads(docker("inspect", what))
    return found


def run(*words: str, options: tuple[str, ...] = ()) -> Done:
    """One command of the image, in a container as confined as can be, to its end."""
    return ask("run", "--rm", *CONFINED, *options, IMAGE, *words)


@contextmanager
def running(*words: str, options: tuple[str, ...] = ()) -> Iterator[str]:
    """Its id, while it runs or until it is looked at."""
    container = docker("run", "--detach", *CONFINED, *options, IMAGE, *words).strip()
    try:
        yield container
    finally:
        ask("rm", "--force", "--volumes", container)
