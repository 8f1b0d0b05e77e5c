"""A service while a test runs: inside the test's own event loop, or as the process that production has."""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.cli.run import SETTINGS
from deploy.local.child import Child
from shared.settings import load
from tests.support.command import MODULE
from tests.support.forked import start
from tests.support.waiting import PATIENCE, until


@dataclass
class Service:
    """What both have: `environment` is the whole of a service's settings, as the process would find them."""

    name: str
    environment: Mapping[str, str]
    roles: Sequence[str] = ()

    @property
    def admin(self) -> str:
        return f"http://127.0.0.1:{self.environment['GUICHET_ADMIN_PORT']}"

    @property
    def http_port(self) -> int:
        return int(self.environment["GUICHET_HTTP_PORT"])

    @property
    def running(self) -> bool:
        raise NotImplementedError

    async def start(self) -> None:
        """Returns when it says that it is ready."""
        raise NotImplementedError

    async def stop(self) -> None:
        """In good order: what is in flight is finished."""
        raise NotImplementedError

    async def readyz(self) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 where nobody answers."""
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as http:
                answer = await http.get(f"{self.admin}/readyz")
            return answer.status_code, answer.json()
        except httpx.TransportError:
            return 0, {"status": "not there"}

    async def metrics(self) -> str:
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            return (await http.get(f"{self.admin}/metrics")).text

    async def _answers_ready(self) -> bool:
        return (await self.readyz())[1]["status"] == "ready"


@dataclass
class InLoop(Service):
    """`more` is handed to the service's `run`: the pace of its work, where a test needs another one."""

    more: Mapping[str, Any] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        settings = load(self._find("settings", SETTINGS[self.name]), self.environment)
        self._stop = asyncio.Event()
        run = self._find("main", "run")
        self._task = asyncio.create_task(run(settings, frozenset(self.roles), self._stop, **self.more), name=self.name)

        async def ready() -> bool:
            if self._task and self._task.done():
                self._task.result()  # says why it did not start
            return await self._answers_ready()

        await until(ready)

    async def stop(self) -> None:
        self._stop.set()
        if self._task:
            await self._task

    def _find(self, module: str, name: str) -> Any:
        return getattr(importlib.import_module(f"services.{self.name}.{module}"), name)


@dataclass
class AsProcess(Service):
    """`guichet run`, in a process that ends with the test; `program` starts it. Its log is kept in `folder`."""

    folder: Path = Path()
    program: str = MODULE
    child: Child | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.running

    async def start(self, **differs: str) -> None:
        """`differs`: settings that only this start has."""
        await self.launch(**differs)

        async def ready() -> bool:
            assert self.child
            self.child.raise_if_ended()
            return await self._answers_ready()

        await until(ready)

    async def launch(self, **differs: str) -> None:
        """Without waiting for anything."""
        argv = ("run", self.name, *(part for role in self.roles for part in ("--role", role)))
        inherited = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "GUICHET_DATA": str(self.folder)}
        environment = {**inherited, **self.environment, **differs}
        process = await start(self.program, argv, environment, self.log)
        self.child = Child(self.name, process, self.log)  # type: ignore[arg-type]

    async def stop(self) -> None:
        if self.child:
            await self.child.stop()

    async def kill(self) -> None:
        """kill -9."""
        assert self.child
        await self.child.kill()

    async def ended(self, timeout: float = PATIENCE) -> int:
        """Its exit status, when it has ended by itself."""
        assert self.child
        return await asyncio.wait_for(self.child.process.wait(), timeout)
