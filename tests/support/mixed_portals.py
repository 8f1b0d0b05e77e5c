"""A fifth portal, sixth, …: the cells of the policy table mixed freely, over the default portal."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, get_args

from ruamel.yaml import YAML

from shared.portals.contradictions import contradictions
from shared.portals.document import Document, read_document
from shared.portals.policy import PasswordPolicy, Policy
from shared.portals.profile import Profile
from tests.support.portals import DELIVERED

BASE = DELIVERED / "default"
TRIES = 100  # of drawing the other cells, before two are held to contradict each other

Cell = tuple[str, int]  # a row of the table, and which of its choices
Mix = tuple[int, ...]  # a choice for each row


def one_of(model: type[Any], field: str) -> list[Any]:
    """Every value of a `Literal`: one that is added to the model is mixed from then on."""
    return list(get_args(model.model_fields[field].annotation))


def some_of(field: str) -> list[list[str]]:
    """Every choice of one or more from a set of `Literal`s."""
    (literal,) = get_args(Policy.model_fields[field].annotation)
    values = get_args(literal)
    return [list(chosen) for count in range(1, len(values) + 1) for chosen in itertools.combinations(values, count)]


ROWS: Mapping[str, Sequence[Any]] = {
    "policy.accounts_opened_by": one_of(Policy, "accounts_opened_by"),
    "policy.identifier": [
        {"alphabet": "digits", "length": 10},
        {"alphabet": "letters_and_digits", "length": 8, "shortest": 4, "longest": 32},
    ],
    "policy.sign_in_names": some_of("sign_in_names"),
    "policy.activation_names": some_of("activation_names"),
    "policy.activation": one_of(Policy, "activation"),
    "policy.password.length": [9, 12],
    "policy.password.expires_after": [None, "24 h"],
    "policy.password.former": one_of(PasswordPolicy, "former"),
    "policy.chosen_password_shortest": [8, 12],
    "policy.online_change": [True, False],
    "policy.unknown_name": one_of(Policy, "unknown_name"),
    "policy.deliver_within": ["30 min", "4 h"],
    "policy.verbal_release": [None, {"checks": ["full_name"], "use_within": "5 min"}],
    "policy.own_changes": [[], *some_of("own_changes")],
    "policy.linking": [True, False],
    "languages": [["fr", "en"], ["en", "fr"], ["fr"]],
}
AS_THE_DEFAULT = {"tell_within", "session", "activation_keys"}  # how long, nothing else


@dataclass(frozen=True, slots=True)
class MixedPortal:
    name: str
    said: Mapping[str, Any]  # its portal.yaml

    def write(self, folder: Path, base: Path = BASE) -> None:
        (folder / self.name).mkdir(parents=True, exist_ok=True)
        with (folder / self.name / "portal.yaml").open("w", encoding="utf-8") as file:
            YAML().dump({"extends": str(base), **self.said}, file)


def portal_of(name: str, values: Mapping[str, Any]) -> MixedPortal:
    """`values` by row of the table, each at its key."""
    said: dict[str, Any] = {"hosts": [f"{name}.localhost"]}
    for key, value in values.items():
        *above, last = key.split(".")
        place = said
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return MixedPortal(name, said)


@cache
def _base() -> Document:
    return read_document(BASE / "portal.yaml")


def makes_sense(mix: Mix) -> bool:
    document = Document(BASE / "portal.yaml")
    document.data = dict(portal_of("mixed", _values(mix)).said)
    profile = Profile.model_validate({**document.over(_base()).data, "name": "mixed"})
    return not any(contradictions(profile))


@cache
def batch() -> tuple[Sequence[MixedPortal], frozenset[frozenset[str]]]:
    """Portals that make sense, and hold every two choices together that can be; and the pairs that cannot."""
    random = Random(6)  # noqa: S311 -- the same portals in every run
    mixes: list[Mix] = []
    missing, impossible = set(_pairs()), set[frozenset[str]]()
    for pair in _pairs():
        if pair not in missing:
            continue
        drawn = [mix for mix in (_drawn(random, pair) for _ in range(TRIES)) if makes_sense(mix)]
        if not drawn:
            impossible.add(frozenset(f"{row.rpartition('.')[2]} {ROWS[row][choice]}" for row, choice in pair))
            continue
        best = max(drawn, key=lambda mix: len(_pairs_in(mix) & missing))
        missing -= _pairs_in(best)
        mixes.append(best)
    return [portal_of(f"mixed-{n:02}", _values(mix)) for n, mix in enumerate(mixes, 1)], frozenset(impossible)


def _values(mix: Mix) -> dict[str, Any]:
    return {row: ROWS[row][choice] for row, choice in zip(ROWS, mix, strict=True)}


def _drawn(random: Random, pair: tuple[Cell, Cell]) -> Mix:
    fixed = dict(pair)
    return tuple(fixed.get(row, random.randrange(len(choices))) for row, choices in ROWS.items())


def _pairs() -> Iterator[tuple[Cell, Cell]]:
    for one, other in itertools.combinations(ROWS, 2):
        for choices in itertools.product(range(len(ROWS[one])), range(len(ROWS[other]))):
            yield (one, choices[0]), (other, choices[1])


def _pairs_in(mix: Mix) -> set[tuple[Cell, Cell]]:
    return set(itertools.combinations(zip(ROWS, mix, strict=True), 2))
