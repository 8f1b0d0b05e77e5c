"""The page of settings, from their classes: `python -m deploy.settings_page > docs/settings.md`."""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import NamedTuple

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deploy.cli.run import SETTINGS
from shared.settings import PREFIX, Settings

HEAD = """\
# Settings

Variables of the environment, each also as `…_FILE` (the path of a file that holds the value), but not as both. A name
that starts with `GUICHET_` and is none of these stops the start, as does a wrong value: every fault is listed at once.
A file `.env` in the working folder is read too.

| variable | services | meaning | default |
| --- | --- | --- | --- |
"""

TAIL = """\
| `OTEL_*` | all | as OpenTelemetry names them; spans are exported where `OTEL_EXPORTER_OTLP_ENDPOINT` is given | |

Made from the classes (`services/*/settings.py`) by `python -m deploy.settings_page`.
"""


class Row(NamedTuple):
    name: str
    meaning: str
    default: str


def settings_page() -> str:
    services: dict[Row, list[str]] = {}
    for service, row in _rows():
        services.setdefault(row, []).append(service)
    order = list(dict.fromkeys(row.name for row in services))
    rows = sorted(services.items(), key=lambda one: order.index(one[0].name))
    return HEAD + "".join(_line(row, told) for row, told in rows) + TAIL


def _line(row: Row, services: Sequence[str]) -> str:
    whose = "all" if len(services) == len(SETTINGS) else ", ".join(services)
    return f"| `{row.name}` | {whose} | {row.meaning} | {row.default} |\n".replace("|  |", "| |")


def _rows() -> Iterator[tuple[str, Row]]:
    for service, name in SETTINGS.items():
        cls: type[Settings] = getattr(import_module(f"services.{service}.settings"), name)
        for field, about in cls.model_fields.items():
            meaning = about.description or _inherited(cls, field)
            yield service, Row(PREFIX + field.upper(), " ".join(meaning.split()), _default(about))


def _inherited(cls: type[Settings], field: str) -> str:
    """What is said of it where it was given another default."""
    above = (one.model_fields.get(field) for one in cls.__mro__ if issubclass(one, Settings))
    return next((about.description for about in above if about and about.description), "")


def _default(about: FieldInfo) -> str:
    if about.default in (PydanticUndefined, None, ""):
        return ""
    if isinstance(about.default, bool):
        return f"`{about.default}`".lower()
    return f"`{about.default}`"


if __name__ == "__main__":
    sys.stdout.write(settings_page())
