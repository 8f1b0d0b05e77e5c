"""A mail server that refuses, cuts and dawdles, by recipient."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.suite.outcome import Outcome, Trial
from tests.faults.suite.stage import Stage, open_stage
from tests.support.ground import Ground
from tests.support.smtp_server import Answer, Dribble, Reset
from tests.support.waiting import until

BYSTANDERS = 40
UNAFFECTED_WITHIN = 5.0  # seconds from the answer 202 to the last of the bystanders' mails


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`lasts`: at each try, or only at the first. `people` meet it. `end`: of their mails."""

    name: str
    step: str
    answer: Answer
    end: str = "sent"
    lasts: bool = False
    people: int = 3

    @property
    def cuts(self) -> bool:
        """The client cannot know whether the mail was taken."""
        return self.step == "dot" and not isinstance(self.answer, str)


LATER, NEVER = (421, 450, 451, 452), (550, 552, 553, 554)
STEPS = ("rcpt", "dot")

BEHAVIOURS = (
    *(Behaviour(f"{code}", step, f"{code} 4.0.0 later") for code in LATER for step in STEPS),
    *(Behaviour(f"{code}", step, f"{code} 5.0.0 no", "rejected", lasts=True) for code in NEVER for step in STEPS),
    Behaviour("reset after the dot", "dot", Reset()),
    Behaviour("reset after each dot", "dot", Reset(), "unknown", lasts=True),
    Behaviour("a byte in ten seconds after rcpt", "rcpt", Dribble(), people=1),
    Behaviour("a byte in ten seconds after the dot", "dot", Dribble(), people=1),
)


async def misbehave(ground: Ground) -> Outcome:
    """Everybody at once, and bystanders whose mails are not to suffer."""
    people = sum(behaviour.people for behaviour in BEHAVIOURS)
    async with open_stage(ground, customers=people + BYSTANDERS) as stage:
        trial = Trial("mail server", stage)
        met = _meet(stage)
        for behaviour in met.values():
            trial.tried[behaviour.name] += 1
        await stage.feed.ask(people)
        await stage.feed.ask(BYSTANDERS)
        begun = time.monotonic()
        bystanders = {customer.email for customer in stage.feed.customers[people:]}
        try:
            await until(lambda: bystanders <= {taken.recipient for taken in stage.smtp.arrived}, 60)
        except AssertionError:
            trial.complaints.append("not every bystander got a mail")
        if (took := time.monotonic() - begun) > UNAFFECTED_WITHIN:
            trial.complaints.append(f"the bystanders' mails took {took:.0f} s")
        await until(lambda: _all_tried(stage, met), 60)
        return await trial.concluded(
            ends={address: behaviour.end for address, behaviour in met.items()},
            cut=frozenset(address for address, behaviour in met.items() if behaviour.cuts),
        )


def _meet(stage: Stage) -> dict[str, Behaviour]:
    """Who meets what, by address; the feed's first customers."""
    everybody = [behaviour for behaviour in BEHAVIOURS for _ in range(behaviour.people)]
    met = {c.email: behaviour for c, behaviour in zip(stage.feed.customers, everybody, strict=False)}
    for address, behaviour in met.items():
        stage.smtp.for_recipient[address] = {behaviour.step: behaviour.answer}
    return met


async def _all_tried(stage: Stage, met: Mapping[str, Behaviour]) -> bool:
    """Each of them at least once; whoever was is met politely from then on, unless the behaviour lasts."""
    rows = await stage.world.in_notifier(
        "select a.address from deliveries d join accounts a on a.id = d.account_id where d.tries > 0"
    )
    tried = {row["address"] for row in rows}
    for address, behaviour in met.items():
        if address in tried and not behaviour.lasts:
            stage.smtp.for_recipient.pop(address, None)
    return met.keys() <= tried
