"""What a person sees while the stack starts: a live line for each part at work, then one that stays, with its time."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())


@dataclass
class Step:
    """A part that is being started. `report` says what it does just now, `done` what there is in the end."""

    report: Callable[[str], None]
    outcome: str = ""

    def done(self, outcome: str) -> None:
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Teller:
    """Where the output is no terminal, only the lines that stay are written."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True, markup=False))
    live: Progress = field(init=False)

    def __post_init__(self) -> None:
        progress = Progress(*COLUMNS, console=self.console, transient=True, disable=not self.console.is_terminal)
        object.__setattr__(self, "live", progress)

    def say(self, text: str = "") -> None:
        self.console.print(text)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Several may be under way at once. One that fails leaves no line: its error says more."""
        begun = time.monotonic()
        task = self.live.add_task(name)
        step = Step(lambda what: self.live.update(task, description=f"{name}: {what}"))
        try:
            yield step
        finally:
            self.live.remove_task(task)
        self.say(f"  ✓ {name:<11} {time.monotonic() - begun:5.1f} s  {step.outcome}".rstrip())
