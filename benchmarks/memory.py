"""How much memory a process takes, from its beginning to its end."""

import asyncio
from dataclasses import dataclass

import psutil

from deploy.local.child import Child

EVERY = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Memory:
    """`samples`: resident memory in MB, evenly spaced."""

    samples: tuple[float, ...]

    @property
    def peak(self) -> float:
        return max(self.samples)

    @property
    def growth(self) -> float:
        """The most that was taken in the last quarter of the time, beside the most in the first half."""
        quarter = len(self.samples) // 4
        return max(self.samples[-quarter:]) / max(self.samples[: 2 * quarter])


async def watch_memory(child: Child) -> Memory:
    """Until it ends."""
    process, samples = psutil.Process(child.pid), []
    while child.running:
        try:
            samples.append(process.memory_info().rss / 1e6)
        except psutil.NoSuchProcess:
            break
        await asyncio.sleep(EVERY)
    await child.process.wait()
    return Memory(tuple(sample for sample in samples if sample > 0))
