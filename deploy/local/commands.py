"""Several commands in one process, one after the other: each in a process of its own would first take seconds to load
what they all share.

As a program: reads one command a line (JSON: what it is told by its environment, and its words) and writes for each
what it said.
"""

import asyncio
import contextlib
import io
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from deploy.local.faults import LocalFault
from deploy.local.services import clean_environment

PROGRAM = (sys.executable, "-m", "deploy.local.commands")


class CommandsFailed(LocalFault):
    """A command failed; says what it said."""


@dataclass(frozen=True, slots=True)
class Command:
    settings: Mapping[str, str]
    words: Sequence[str]


async def run_commands(commands: Sequence[Command]) -> list[str]:
    """What each printed. Raises CommandsFailed for the first that fails; those after it are not begun."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=clean_environment()
    )
    said, faults = await process.communicate("".join(json.dumps(asdict(one)) + "\n" for one in commands).encode())
    answers = [str(json.loads(line)) for line in said.splitlines()]
    if process.returncode:
        failed = commands[min(len(answers), len(commands) - 1)]
        raise CommandsFailed(f"guichet {' '.join(failed.words)}: {faults.decode(errors='replace').strip()}")
    return answers


def main() -> int:
    from deploy.cli.main import main as guichet  # only the program itself is a command's caller

    for line in sys.stdin:
        command = json.loads(line)
        os.environ.update(command["settings"])
        sys.argv[1:] = command["words"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = guichet()
        if status:
            return status
        sys.stdout.write(json.dumps(said.getvalue()) + "\n")
        for name in command["settings"]:
            del os.environ[name]
    return 0


if __name__ == "__main__":
    sys.exit(main())
