"""Free ports: what one process was given, no other one is, though nobody listens there yet."""

import asyncio
import sys

import pytest

from deploy.local import ports

HOLDER = "from deploy.local.ports import free_port; print(free_port(), flush=True); input()"


async def test_a_port_is_one_process_s_as_long_as_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout
    given = int(await holder.stdout.readline())
    monkeypatch.setattr(ports, "PORTS", range(given, given + 1))
    with pytest.raises(OSError, match="no free port"):
        ports.free_port()

    await holder.communicate(b"\n")

    assert ports.free_port() == given


def test_a_port_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given = ports.free_port()
    monkeypatch.setattr(ports, "PORTS", range(given, given + 1))
    with pytest.raises(OSError, match="no free port"):
        ports.free_port()
