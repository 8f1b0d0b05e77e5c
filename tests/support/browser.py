"""One person at one machine: their cookies, their address, what they fill in. Without a script, as any program."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx

from tests.support.page import Page, read_page

_machines = itertools.count(1)


def new_address() -> str:
    """Of RFC 2544's range: nobody's, and never the same twice in a run."""
    return "198.{}.{}.{}".format(*((number := next(_machines)) // 65536 + 18, number // 256 % 256, number % 256))


@dataclass
class Browser:
    """Cookies are kept here, for no client sends one marked Secure over plain HTTP, where browsers make an exception
    for names below localhost. The service is told the address as a proxy would tell it."""

    http: httpx.AsyncClient
    host: str
    address: str = field(default_factory=new_address)
    cookies: dict[str, str] = field(default_factory=dict)
    speaks: str = ""  # Accept-Language

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        own = {"host": self.host, "x-forwarded-for": self.address}
        if self.speaks:
            own["accept-language"] = self.speaks
        if self.cookies:
            own["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = await self.http.request(method, path, headers={**own, **(headers or {})}, **content)
        self._keep(response)
        return response

    async def get(self, path: str, **content: Any) -> httpx.Response:
        return await self.request("GET", path, **content)

    async def post(self, path: str, json: object = None, **content: Any) -> httpx.Response:
        return await self.request("POST", path, json=json, **content)

    async def visit(self, path: str) -> Page:
        """The page at that address, after redirects."""
        return await self._read(await self.get(path))

    async def submit(self, path: str, **fields: str) -> Page:
        """Opens the page, fills in its form and sends it, and reads what comes."""
        shown = await self.visit(path)
        return await self._read(await self.request("POST", path, data={"csrf": shown.hidden("csrf"), **fields}))

    async def _read(self, response: httpx.Response) -> Page:
        while response.is_redirect:
            response = await self.get(response.headers["location"])
        return read_page(response.text, response.status_code)

    def _keep(self, response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            for name, kept in SimpleCookie(header).items():
                assert kept["secure"]
                assert kept["httponly"]
                if kept["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = kept.value
