"""Keeps processes alive: one that dies is started again within a second, every time, and said so."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from deploy.local.child import Child, ProcessEnded

PAUSE = 0.5  # seconds before one is started again that died as soon as it was started
SOON = 2.0  # seconds

Launch = Callable[[], Awaitable[Child]]


@dataclass
class Keeper:
    """`changed` is called whenever there is a new process, before that is ready."""

    changed: Callable[[], None]
    say: Callable[[str], None]
    children: dict[str, Child] = field(default_factory=dict)
    _watchers: list[asyncio.Task[None]] = field(default_factory=list)

    def adopt(self, child: Child) -> Child:
        """Ours to end; what becomes of it until it is kept is for whoever waits for it to see."""
        self.children[child.name] = child
        return child

    def keep(self, child: Child, launch: Launch) -> None:
        """From now on `launch` starts it again whenever it ends."""
        self.adopt(child)
        self._watchers.append(asyncio.create_task(self._watch(child, launch), name=f"keep {child.name}"))

    def processes(self) -> dict[str, int]:
        return {name: child.pid for name, child in self.children.items()}

    async def release(self) -> None:
        """Whatever ends from now on stays ended."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _watch(self, child: Child, launch: Launch) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            code = await child.process.wait()
            if loop.time() - started < SOON:
                await asyncio.sleep(PAUSE)
            child = self.adopt(await self._again(child, launch))
            self.changed()
            self.say(f"{child.name} {_how(code)}: started again as process {child.pid}")

    async def _again(self, child: Child, launch: Launch) -> Child:
        while True:
            try:
                return await launch()
            except (OSError, ProcessEnded) as error:
                self.say(f"{child.name} cannot be started again: {error}")
                await asyncio.sleep(PAUSE)


def _how(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
