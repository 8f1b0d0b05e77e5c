"""Whatever is done to an account, and in whatever order: what opens it is what its owner may have, and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.credentials import (
    Credential,
    PasswordHash,
    choose,
    end_unused,
    none_yet,
    opens,
    opens_only_a_choice,
    regenerate,
    release,
    use,
)
from shared.ids import AccountId
from shared.portals.policy import PasswordPolicy

DONE = ("regenerate", "release", "choose", "use", "use_former", "flag", "close", "wait")
POLICIES: Mapping[str, PasswordPolicy] = {
    "at once": PasswordPolicy(former="replaced_at_once"),
    "hardened": PasswordPolicy(former="valid_until_used", expires_after=timedelta(hours=24)),
    "kept, without an end": PasswordPolicy(former="valid_until_used"),
}
USE_WITHIN = timedelta(minutes=30)


@dataclass
class Story:
    """An account's credential, and what an onlooker knows of each of its passwords."""

    policy: PasswordPolicy
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    credential: Credential = field(default_factory=lambda: none_yet(AccountId(UUID(int=1))))
    made: list[PasswordHash] = field(default_factory=list)
    known: set[PasswordHash] = field(default_factory=set)  # to its owner: chosen, or used
    released: dict[PasswordHash, datetime] = field(default_factory=dict)  # the moment each had to be used by
    generations: list[int] = field(default_factory=lambda: [0])

    @property
    def valid(self) -> set[PasswordHash]:
        return {one for one in self.made if opens(self.credential, one, self.now)}

    def happens(self, what: str) -> None:
        before = self.credential
        match what:
            case "regenerate":
                self.credential = regenerate(before, self._fresh(), self.policy, self.now)
            case "release":
                fresh = self._fresh()
                self.released[fresh] = self.now + USE_WITHIN
                self.credential = release(before, fresh, use_until=self.now + USE_WITHIN, temporary=False, now=self.now)
            case "choose":
                fresh = self._fresh()
                self.known.add(fresh)
                self.credential = choose(before, fresh, self.now)
            case "use" | "use_former":
                self._use(before.hashes()[what == "use_former"])
            case "flag" | "close":
                self.credential = end_unused(before, self.now)
            case "wait":
                self.now += USE_WITHIN
        self.generations.append(self.credential.generation)

    def _fresh(self) -> PasswordHash:
        self.made.append(PasswordHash(f"{len(self.made)}"))
        return self.made[-1]

    def _use(self, password_hash: PasswordHash | None) -> None:
        if password_hash is not None and opens(self.credential, password_hash, self.now):
            self.credential = use(self.credential, password_hash, self.now)
            self.known.add(password_hash)


stories = st.lists(st.sampled_from(DONE), max_size=12)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@given(done=stories)
def test_after_a_flag_or_a_closing_only_what_its_owner_knows_opens_the_account(
    policy: PasswordPolicy, done: Sequence[str]
) -> None:
    story = told(policy, done)
    before = story.valid
    story.happens("flag")

    assert story.valid == before & story.known


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@given(done=stories)
def test_generations_never_go_back_and_a_new_password_always_has_a_newer_one(
    policy: PasswordPolicy, done: Sequence[str]
) -> None:
    story = told(policy, done)

    assert story.generations == sorted(story.generations)
    for what, (one, following) in zip(done, zip(story.generations, story.generations[1:], strict=False), strict=True):
        assert following > one or what not in ("regenerate", "release", "choose")


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@given(done=stories)
def test_what_was_said_on_the_telephone_opens_nothing_after_its_time_unless_it_was_used(
    policy: PasswordPolicy, done: Sequence[str]
) -> None:
    story = told(policy, done)

    late = {one for one, by in story.released.items() if story.now >= by and one not in story.known}
    assert not story.valid & late


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@given(done=stories, asked=st.integers(1, 4))
def test_s1_17_where_the_former_is_kept_a_stranger_who_asks_takes_nothing_from_the_owner(
    policy: PasswordPolicy, done: Sequence[str], asked: int
) -> None:
    story = told(policy, done)
    owned = {one for one in story.valid & story.known if one == story.credential.hashes()[0]}
    for _ in range(asked):
        story.happens("regenerate")

    kept = policy.former == "valid_until_used"
    assert story.valid & owned == (owned if kept else set())
    assert all(opens_only_a_choice(story.credential, one) == bool(policy.expires_after) for one in story.made[-1:])


def told(policy: PasswordPolicy, done: Sequence[str]) -> Story:
    story = Story(policy)
    for what in done:
        story.happens(what)
    return story
