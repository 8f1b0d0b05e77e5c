"""Durations and limits as people write them in `portal.yaml`: `15 min`, `4 h`, `30 days`, `5 in 15 min`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PositiveInt,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue

SECONDS = {"days": 86_400, "day": 86_400, "h": 3600, "min": 60, "s": 1}
WRITTEN = rf"(?!0+ ?[a-z])(?:([0-9]{{1,6}}) ?)?({'|'.join(SECONDS)})"  # a JSON Schema's pattern as well (ECMA-262)
DURATION = re.compile(WRITTEN)
LIMIT = re.compile(r"([0-9]{1,9}) in (.+)")
LIKE_A_DURATION = "must be a duration like '30 s', '15 min', '4 h' or '30 days'"
LIKE_A_LIMIT = "must be a limit like '5 in 15 min'"


def parse_duration(text: object) -> timedelta:
    """Raises ValueError for anything but `15 min` and its like; a missing number means one: `min` is a minute."""
    if isinstance(text, timedelta):
        return text
    found = DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{LIKE_A_DURATION}, not {text!r}")
    return timedelta(seconds=int(found[1] or 1) * SECONDS[found[2]])


def write_duration(duration: timedelta) -> str:
    """As people would: in the largest unit of which it is a whole number."""
    seconds = int(duration.total_seconds())
    unit = next(unit for unit in SECONDS if seconds % SECONDS[unit] == 0)
    count = seconds // SECONDS[unit]
    return f"{count} {'day' if (count, unit) == (1, 'days') else unit}"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(write_duration, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{WRITTEN}$", "patternErrorMessage": LIKE_A_DURATION}),
]


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
            raise ValueError(f"{LIKE_A_LIMIT}, not {given!r}")
        return {"count": int(found[1]), "per": found[2]}

    @model_serializer(when_used="json")
    def __str__(self) -> str:
        return f"{self.count} in {write_duration(self.per)}"

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> JsonSchemaValue:
        pattern = f"^(?!0+ )[0-9]{{1,9}} in {WRITTEN}$"
        return {"type": "string", "pattern": pattern, "patternErrorMessage": LIKE_A_LIMIT}


def limit(text: str) -> Limit:
    return Limit.model_validate(text)
