"""`python -m tests.faults.suite [--only NAME] [--kills N] [--json]`: kills, stops and cuts, then counts."""

import asyncio
import logging
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

import uvloop
from cyclopts import App, Parameter, validators
from rich.console import Console

from tests.faults.suite.outcome import Outcome
from tests.faults.suite.report import as_json, show
from tests.faults.suite.scenarios import NAMES, Scenario, scenarios
from tests.faults.suite.stage import open_ground
from tests.support.ground import Ground

Name = Literal["auth", "relay", "consumer", "deliverer", "contracts", "mail_server", "sigterm", "kafka", "postgres"]
assert get_args(Name) == NAMES

KILLS = 330
AT_ONCE = 2  # scenarios; one of them waits most of the time
AT_MOST = 20 * 60.0  # seconds, whatever happens
WIDE = 110  # columns of a table that is written to a file
TELL_EVERY = 10  # kills
INTERRUPTED = 128 + signal.SIGINT

app = App(
    name="faults",
    help="Kills, stops and cuts real processes and servers in the midst of their work, and counts what was lost.",
    help_epilogue='Example: `make faults ARGS="--only deliverer --kills 100"`',
    version_flags=(),
    result_action="return_int_as_exit_code_else_zero",
)


@app.default
def run(
    *,
    only: Annotated[Sequence[Name], Parameter(consume_multiple=False, negative=())] = (),
    kills: Annotated[int, Parameter(validator=validators.Number(gte=1))] = KILLS,
    seed: int | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Try every fault and show what was lost or doubled; about a quarter of an hour. Status 1 where an invariant broke.

    Parameters
    ----------
    only
        One scenario, several times for several; all when left out.
    kills
        How many times kill -9; each scenario has its share.
    seed
        Of the dice that choose the moments; another one each time when left out.
    json
        Print JSON rather than a table.
    """
    begun, seed = time.monotonic(), secrets.randbelow(10**6) if seed is None else seed
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it complains of a broker that we stopped
    terminal = sys.stderr.isatty() if json else sys.stdout.isatty()
    console = Console(stderr=json, width=None if terminal else WIDE, highlight=False)

    def tell(what: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - begun), 60)
        console.print(f"{minutes:3}:{seconds:02}  {what}", style="dim")

    def report(name: str, done: int, of: int) -> None:
        if done % TELL_EVERY == 0 or done == of:
            tell(f"{name}: {done} of {of} kills")

    tell(f"seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="guichet-faults-"))
    folder.chmod(0o755)  # the database server runs as somebody else
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        wanted = list(scenarios(only or NAMES, kills=kills, seed=seed, report=report))
        try:
            outcomes = runner.run(_run(wanted, folder, tell))
        except KeyboardInterrupt:
            shutil.rmtree(folder)
            tell("stopped; nothing is left behind")
            return INTERRUPTED
    broken = any(outcome.broken for outcome in outcomes)
    if broken:
        tell(f"what the processes wrote is in {folder}/worlds")
    else:
        shutil.rmtree(folder)
    if json:
        sys.stdout.write(as_json(outcomes, seed=seed, seconds=time.monotonic() - begun) + "\n")
    show(console, outcomes)
    return int(broken)


async def _run(wanted: Sequence[Scenario], folder: Path, tell: Callable[[str], None]) -> list[Outcome]:
    """In the order given, though some run at the same time."""
    room, deadline = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + AT_MOST
    outcomes: dict[str, Outcome] = {}

    async def one(scenario: Scenario, ground: Ground) -> None:
        async with room:
            tell(f"{scenario.name} begins")
            try:
                async with asyncio.timeout_at(deadline):
                    outcome = await scenario.run(ground)
            except Exception as error:
                outcome = Outcome(scenario.name, [f"ended by {type(error).__name__}: {error}"])
            outcomes[scenario.name] = outcome
            tell(f"{scenario.name}: {'BROKEN' if outcome.broken else 'held'}")

    async with open_ground(folder) as ground:
        await asyncio.gather(*(one(scenario, ground) for scenario in wanted if not scenario.alone))
        for scenario in wanted:
            if scenario.alone:
                await one(scenario, ground)
    return [outcomes[scenario.name] for scenario in wanted]


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell has its background jobs ignore
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # either way nothing is left behind
    sys.exit(app())
