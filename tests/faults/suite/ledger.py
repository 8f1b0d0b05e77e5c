"""What must hold after any fault, judged by what databases, Kafka and the mail server hold then. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

WINDOW = 5.0  # seconds from a final dot to the kill that kept it from being written down


@dataclass(frozen=True, slots=True)
class Kill:
    """`at`: epoch seconds."""

    point: str
    at: float


@dataclass(frozen=True, slots=True)
class Fact:
    """A `password_regenerated` as it lies in Kafka."""

    id: UUID
    account: UUID
    generation: int
    password: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """`sent`: tries that were written down as such. `told`: facts `mail_sent` about it, each counted once."""

    id: UUID
    cause: UUID
    account: UUID
    generation: int
    state: str
    at_its_end: bool
    sent: int
    told: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail as it arrived at the server; `at`: epoch seconds of its final dot."""

    delivery: UUID
    recipient: str
    password: str
    raw: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Facts in Kafka's order per key, copies in the order they arrived; counters by account.

    `ends`: accounts whose newest mail is to end otherwise than `sent`. `cut`: those whose server cuts after the dot.
    """

    asked: Counter[UUID]
    promised: Counter[UUID]
    committed: Counter[UUID]
    facts: Sequence[Fact]
    deliveries: Sequence[Delivery]
    copies: Sequence[Copy]
    kills: Sequence[Kill] = ()
    ends: Mapping[UUID, str] = field(default_factory=dict)
    cut: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line for each mail or fact that is not as it must be; then what is allowed, counted."""

    lost: list[str] = field(default_factory=list)
    without_cause: list[str] = field(default_factory=list)
    wrongly_doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    doubled_facts: int = 0
    doubled_mails: Counter[str] = field(default_factory=Counter)  # by the point of the kill that doubled it

    @property
    def broken(self) -> list[str]:
        return [*self.lost, *self.without_cause, *self.wrongly_doubled, *self.out_of_order]


def judge(seen: Seen) -> Verdict:
    facts = {fact.id: fact for fact in seen.facts}  # each where it lies first
    copies: dict[UUID, list[Copy]] = defaultdict(list)
    for copy in seen.copies:
        copies[copy.delivery].append(copy)
    return Verdict(
        lost=[*_lost_before_kafka(seen, facts), *_lost_after_kafka(seen, facts, copies)],
        without_cause=list(_without_cause(seen, facts)),
        wrongly_doubled=[line for d in seen.deliveries for line in _wrongly_doubled(d, copies[d.id], seen)],
        out_of_order=list(_out_of_order(seen, facts)),
        doubled_facts=len(seen.facts) - len(facts),
        doubled_mails=Counter(
            kill.point if (kill := _kill_after(copy, seen.kills)) else "the server's cut"
            for several in copies.values()
            for copy in several[:-1]
        ),
    )


def _lost_before_kafka(seen: Seen, facts: Mapping[UUID, Fact]) -> Iterator[str]:
    for account, count in (seen.promised - seen.committed).items():
        yield f"{account}: {count} promised, not committed"
    for account, count in (seen.committed - Counter(fact.account for fact in facts.values())).items():
        yield f"{account}: {count} committed, not in Kafka"


def _lost_after_kafka(seen: Seen, facts: Mapping[UUID, Fact], copies: Mapping[UUID, Sequence[Copy]]) -> Iterator[str]:
    newest: dict[UUID, Delivery] = {}
    for delivery in sorted(seen.deliveries, key=lambda d: d.generation):
        newest[delivery.account] = delivery
        if not delivery.at_its_end:
            yield f"delivery {delivery.id}: still {delivery.state}"
        if delivery.state == "sent" and not copies[delivery.id]:
            yield f"delivery {delivery.id}: sent, and never arrived"
        if delivery.state == "sent" and not delivery.told:
            yield f"delivery {delivery.id}: sent, and nobody was told"
    for fact in facts.keys() - {delivery.cause for delivery in seen.deliveries}:
        yield f"fact {fact}: no delivery"
    for account, delivery in newest.items():
        end = seen.ends.get(account, "sent")
        if delivery.at_its_end and delivery.state != end:
            yield f"delivery {delivery.id}: the newest of its account is {delivery.state}, not {end}"


def _without_cause(seen: Seen, facts: Mapping[UUID, Fact]) -> Iterator[str]:
    for account, count in (seen.committed - seen.asked).items():
        yield f"{account}: {count} committed that nobody asked for"
    for account, count in (Counter(fact.account for fact in facts.values()) - seen.committed).items():
        yield f"{account}: {count} in Kafka, not committed"
    for cause, count in Counter(delivery.cause for delivery in seen.deliveries).items():
        if cause not in facts or count > 1:
            yield f"fact {cause}: {count} deliveries, and it is {'' if cause in facts else 'not '}in Kafka"
    causes = {delivery.id: delivery.cause for delivery in seen.deliveries}
    for copy in seen.copies:
        fact = facts.get(causes.get(copy.delivery, copy.delivery))
        if fact is None:
            yield f"mail {copy.delivery}: of no delivery"
        elif fact.password != copy.password:
            yield f"mail {copy.delivery}: shows another password than its fact"


def _wrongly_doubled(delivery: Delivery, copies: Sequence[Copy], seen: Seen) -> Iterator[str]:
    if delivery.sent > 1:
        yield f"delivery {delivery.id}: written down as sent {delivery.sent} times"
    if delivery.told > (delivery.state == "sent"):
        yield f"delivery {delivery.id}: told of as sent {delivery.told} times, and it is {delivery.state}"
    if len({copy.raw for copy in copies}) > 1:
        yield f"delivery {delivery.id}: arrived as different mails"
    unwritten = copies[:-1] if delivery.sent else copies
    if delivery.account in seen.cut and len(copies) <= 2:
        return
    for copy in unwritten:
        if not _kill_after(copy, seen.kills):
            yield f"delivery {delivery.id}: {len(copies)} copies, and no kill between one's dot and its commit"


def _kill_after(copy: Copy, kills: Sequence[Kill]) -> Kill | None:
    return next((kill for kill in kills if 0 <= kill.at - copy.at <= WINDOW), None)


def _out_of_order(seen: Seen, facts: Mapping[UUID, Fact]) -> Iterator[str]:
    by_account: dict[UUID, list[int]] = defaultdict(list)
    for fact in facts.values():
        by_account[fact.account].append(fact.generation)
    for account, generations in by_account.items():
        if generations != sorted(set(generations)):
            yield f"{account}: its facts lie in Kafka as {generations}"
    generation_of = {delivery.id: delivery.generation for delivery in seen.deliveries}
    by_recipient: dict[str, list[int]] = defaultdict(list)
    for copy in seen.copies:
        if copy.delivery in generation_of:
            by_recipient[copy.recipient].append(generation_of[copy.delivery])
    for recipient, arrived in by_recipient.items():
        if any(later < earlier for earlier, later in pairwise(arrived)):
            yield f"{recipient}: mails arrived in the order {arrived}"
