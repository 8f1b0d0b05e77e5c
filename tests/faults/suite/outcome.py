"""What a scenario came to: how often each fault was done, and what the ledger said afterwards."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.suite.ledger import Verdict, judge
from tests.faults.suite.observe import observe
from tests.faults.suite.stage import AT_REST_WITHIN, Stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """`tried`: by fault, how often. `rested_after`: seconds until all was done, None where it never was.

    `broken`: a line for each thing that is not as it must be.
    """

    scenario: str
    broken: list[str]
    tried: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    facts: int = 0
    mails: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    rested_after: float | None = None


@dataclass
class Trial:
    """A scenario under way. `complaints`: what it saw go wrong by itself."""

    scenario: str
    stage: Stage
    tried: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    async def concluded(
        self, *, ends: Mapping[str, str] | None = None, cut: frozenset[str] = frozenset(), doubles_facts: bool = True
    ) -> Outcome:
        """Waits until everything is done, with nobody's help, and counts. `doubles_facts`: in Kafka, allowed here."""
        rested_after = None
        try:
            rested_after = await self.stage.at_rest()
        except AssertionError:
            self.complaints.append(f"not all was done {AT_REST_WITHIN:.0f} s later")
        seen = await observe(self.stage, ends, cut)
        verdict = judge(seen)
        if verdict.doubled_facts and not doubles_facts:
            self.complaints.append(f"{verdict.doubled_facts} facts lie in Kafka twice")
        broken = [*self.complaints, *self.stage.feed.wrong, *verdict.broken]
        kills, mails = len(self.stage.kills), len(seen.copies)
        return Outcome(self.scenario, broken, self.tried, kills, len(seen.facts), mails, verdict, rested_after)
