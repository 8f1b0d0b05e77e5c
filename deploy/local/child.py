"""Processes that end with their parent, even when it is killed with -9.

Linux sends the signal when the *thread* that forked ends, so children are spawned from the main thread. It forgets
the wish when the child changes its user, so the wish comes after that. Elsewhere children end with an orderly parent
only.
"""

import asyncio
import contextlib
import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.faults import LocalFault

_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522
# Looked up here: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ProcessEnded(LocalFault):
    """A process ended before it could be used."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running process, in a session of its own so that Ctrl-C reaches its parent alone."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    async def stop(self, *, within: float = 12.0) -> None:
        """Asks it to end, and kills it after `within` seconds."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    def raise_if_ended(self) -> None:
        """Raises ProcessEnded with the last lines it wrote."""
        if not self.running:
            raise ProcessEnded(f"{self.name} ended with {self.process.returncode}:\n{last_lines(self.log)}")


async def spawn(
    name: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    orphan_signal: signal.Signals = signal.SIGKILL,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Starts a process whose output goes to the file `log`; `orphan_signal` is what it gets when this process dies."""
    log.parent.mkdir(parents=True, exist_ok=True)
    output: IO[bytes]
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *map(str, argv),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=None if env is None else dict(env),
            cwd="/" if user else None,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=_between_fork_and_exec(user, orphan_signal),
        )
    return Child(name, process, log, stop_signal)


def unprivileged_user() -> str | None:
    """Whom a program runs as that refuses to run as root (PostgreSQL does); None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def last_lines(log: Path, count: int = 20) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _between_fork_and_exec(user: str | None, orphan_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    entry = pwd.getpwnam(user) if user else None

    def prepare() -> None:
        if entry is not None:
            _become(entry.pw_uid, entry.pw_gid)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the wish was made
                os._exit(1)

    return prepare


def _become(uid: int, gid: int) -> None:
    """Changes the user for good, but keeps the right to enter folders: a clone may lie where only root can go."""
    if _libc is not None:  # without this, a change of user ends every right, and access(2) would not count them
        _libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if _libc is not None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        # effective, permitted, inheritable; then the same for the upper 32, of which none is kept
        wanted = (ctypes.c_uint32 * 6)(*[1 << _CAP_DAC_OVERRIDE] * 3, 0, 0, 0)
        if _libc.capset(header, wanted) == 0:
            _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)
        else:  # root itself lacks it, in a container: no right is kept, and the folder must be open to all
            _libc.capset(header, (ctypes.c_uint32 * 6)())
