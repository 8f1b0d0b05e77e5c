"""Durations and limits as people write them in `portal.yaml`: `15 min`, `4 h`, `30 days`, `5 in 15 min`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PositiveInt, model_validator

SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}
DURATION = re.compile(rf"(?:([0-9]{{1,6}}) ?)?({'|'.join(SECONDS)})")
LIMIT = re.compile(r"([0-9]{1,9}) in (.+)")


def parse_duration(text: object) -> timedelta:
    """Raises ValueError for anything but `15 min` and its like; a missing number means one: `min` is a minute."""
    if isinstance(text, timedelta):
        return text
    found = DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or int(found[1] or 1) == 0:
        raise ValueError(f"must be a duration like '30 s', '15 min', '4 h' or '30 days', not {text!r}")
    return timedelta(seconds=int(found[1] or 1) * SECONDS[found[2]])


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class Limit(BaseModel):
    """At most `count` in any window of length `per`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: PositiveInt
    per: Duration

    @model_validator(mode="before")
    @classmethod
    def _written(cls, given: Any) -> Any:
        if isinstance(given, (dict, Limit)):
            return given
        found = LIMIT.fullmatch(given) if isinstance(given, str) else None
        if found is None:
            raise ValueError(f"must be a limit like '5 in 15 min', not {given!r}")
        return {"count": int(found[1]), "per": found[2]}


def limit(text: str) -> Limit:
    return Limit.model_validate(text)
