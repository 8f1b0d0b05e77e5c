"""A visit: what is known of a request from its first line and headers, before any route sees it."""

from dataclasses import dataclass, replace
from typing import Annotated, Self

from fastapi import Depends, Request
from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.types import Scope

from shared.clients import ClientAddress
from shared.ids import Language
from shared.portals import Portal, Portals
from shared.portals.languages import spoken
from shared.web import cookies
from shared.web.addresses import Address, Network, client_address
from shared.web.errors import NotFound
from shared.web.languages import choose_language
from shared.web.words import Words

DESK_LANGUAGES = (Language("fr"), Language("en"))
_KEY = "guichet.visit"


@dataclass(frozen=True, slots=True)
class Visit:
    host: str  # as it was sent, with its port
    portal: Portal | None  # None: the desk
    client: Address
    words: Words
    language_asked: bool = False  # with this very request: to be remembered
    language_chosen: bool = False  # with this request or an earlier one

    @property
    def language(self) -> Language:
        return self.words.language

    @property
    def languages(self) -> tuple[Language, ...]:
        return self.portal.languages if self.portal else DESK_LANGUAGES

    def speaking(self, language: str) -> Self:
        """The same visit in the person's own language, once we know who it is; a choice made in this browser stays."""
        own = spoken(self.languages, language)
        if self.language_chosen or own is None:
            return self
        return replace(self, words=replace(self.words, language=own))


@dataclass(frozen=True, slots=True)
class Reception:
    """What turns requests into visits. Raises UnknownHost."""

    portals: Portals
    desk_host: str
    trusted_proxies: tuple[Network, ...] = ()

    def receive(self, scope: Scope) -> Visit:
        """Reads `Host`, never `X-Forwarded-Host`: a proxy of ours hands the host on as it was asked for."""
        headers = Headers(scope=scope)
        host = ",".join(headers.getlist("host"))  # given twice, it is nobody's
        portal = None if _name(host) == self.desk_host else self.portals.by_host(host)
        peer = scope.get("client")
        client = client_address(peer[0] if peer else None, headers.getlist("x-forwarded-for"), self.trusted_proxies)
        asked = QueryParams(scope["query_string"]).get("lang")
        kept = cookie_parser(headers.get("cookie", "")).get(cookies.LANGUAGE)
        offered = portal.languages if portal else DESK_LANGUAGES
        language = choose_language(offered, asked=asked, chosen=kept, accepted=headers.get("accept-language", ""))
        return Visit(
            host,
            portal,
            client,
            Words(portal, language),
            language_asked=asked == language,
            language_chosen=language in (asked, kept),
        )


def enter(scope: Scope, visit: Visit) -> None:
    scope[_KEY] = visit


def find_visit(scope: Scope) -> Visit | None:
    """None only where the host was not recognised."""
    visit: Visit | None = scope.get(_KEY)
    return visit


def visit_of(request: Request) -> Visit:
    visit: Visit = request.scope[_KEY]
    return visit


async def current_visit(request: Request) -> Visit:
    return visit_of(request)  # async, for FastAPI runs what is not in a thread


async def current_portal(request: Request) -> Portal:
    portal = visit_of(request).portal
    if portal is None:
        raise NotFound
    return portal


async def current_client(request: Request) -> ClientAddress:
    return ClientAddress(str(visit_of(request).client))


CurrentVisit = Annotated[Visit, Depends(current_visit)]
CurrentPortal = Annotated[Portal, Depends(current_portal)]
CurrentClient = Annotated[ClientAddress, Depends(current_client)]


def _name(host: str) -> str:
    return host.partition(":")[0].lower().removesuffix(".")
