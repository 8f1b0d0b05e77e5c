"""Every route of every service, as its application has it: none can be forgotten."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from starlette.routing import Route

from shared.ids import new_id
from shared.portals import Portals
from shared.web.desk_pages import OpenDeskPage
from shared.web.routes import DeskHostRoute, PageRoute, PortalRoute
from tests.support.stack import SERVICES

NOWHERE = "nowhere"  # a portal there is not: what is let in changes nothing


@dataclass(frozen=True, slots=True)
class Door:
    service: str
    method: str
    route: Route

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.route.path}"

    @property
    def scope(self) -> str | None:
        """What whoever comes by it needs; None: it is not one of the desk's, or open to all."""
        return getattr(self.route, "scope", None)

    @property
    def of_portals(self) -> bool:
        return isinstance(self.route, PortalRoute)

    @property
    def of_desk(self) -> bool:
        return isinstance(self.route, DeskHostRoute)

    @property
    def is_page(self) -> bool:
        return isinstance(self.route, OpenDeskPage | PageRoute)

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def address(self, portal: str = NOWHERE) -> str:
        """Of something there is not, on that portal."""
        values = {name: str(new_id()) for name in self.route.param_convertors}
        given = {"portal": portal, "address": "nobody@example.org", "name": "nothing.css", "service": self.service}
        return str(self.route.url_path_for(self.route.name, **{k: given.get(k, v) for k, v in values.items()}))


def doors() -> list[Door]:
    return [door for service in SERVICES for door in _doors_of(service)]


def _doors_of(service: str) -> Iterator[Door]:
    """The application is put together without anything to work with, and asked for nothing."""
    deps = SimpleNamespace(db=None, portals=Portals([]), token_keys=None)
    settings: Any = SimpleNamespace(desk_host="desk.localhost", trusted_proxies="")
    app = importlib.import_module(f"services.{service}.app").build_api(deps, settings)
    for route in app.routes:
        for method in sorted(route.methods - {"HEAD"}):
            yield Door(service, method, route)
