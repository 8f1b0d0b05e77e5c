"""`routes.yaml`: which service answers a path on a portal's host, and on the desk's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

ROUTES = Path(__file__).with_name("routes.yaml")

Host = Literal["portal", "desk"]


@dataclass(frozen=True, slots=True)
class Route:
    pattern: re.Pattern[str]
    service: str | None  # None: the path names it

    def match(self, path: str) -> str | None:
        found = self.pattern.fullmatch(path)
        return (self.service or found["service"]) if found else None


@dataclass(frozen=True, slots=True)
class Routes:
    by_host: Mapping[str, Sequence[Route]]

    def service(self, host: Host, path: str) -> str:
        """Of the patterns the first that matches counts; the last one matches all. `path` is without its query."""
        return next(service for route in self.by_host[host] if (service := route.match(path)))


def load_routes(file: Path = ROUTES) -> Routes:
    written = YAML(typ="safe").load(file.read_text())
    return Routes({host: [_route(**entry) for entry in entries] for host, entries in written.items()})


def _route(path: str, service: str | None = None) -> Route:
    """Raises re.error, KeyError for a pattern that cannot be understood."""
    below = path.endswith("/**")
    segments = re.split(r"(\{\w+\})", path.removesuffix("/**"))
    written = "".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in segments)
    return Route(re.compile(f"{written}(?:/.*)?" if below else written, re.DOTALL), service)
