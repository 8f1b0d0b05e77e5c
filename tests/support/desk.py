"""The operator's own program at the desk's API: opens accounts, has mails sent, looks people up, gives out keys."""

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from services.auth.domain.clients import SCOPES
from services.auth.handlers.clients import create_client
from shared.db import open_database

HOST = "desk.localhost"

_numbers = itertools.count(100_001)


class Person(Protocol):
    """As much of a customer as a customer file holds."""

    @property
    def identifier(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass
class Desk:
    """An OAuth client with every scope; its token is asked for anew before it ends, for worlds that outlive it."""

    http: httpx.AsyncClient
    client_id: str
    client_secret: str = field(repr=False)
    _token: str = field(default="", repr=False)
    _renewed_from: float = 0.0

    async def token(self) -> str:
        if time.monotonic() >= self._renewed_from:
            answer = await self.http.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(self.client_id, self.client_secret),
                headers={"host": HOST},
            )
            assert answer.status_code == 200, answer.text
            self._token = answer.json()["access_token"]
            self._renewed_from = time.monotonic() + answer.json()["expires_in"] / 2
        return self._token

    async def request(self, method: str, path: str, *, key: str | None = None, **content: Any) -> httpx.Response:
        headers = {"host": HOST, "authorization": f"Bearer {await self.token()}"}
        if key:
            headers["idempotency-key"] = key
        return await self.http.request(method, f"/api/v1/portals/{path}", headers=headers, **content)

    async def open_account(self, portal: str, person: Person, *, key: str | None = None) -> httpx.Response:
        """The raw answer; an identifier of "" is left to the portal's rule."""
        details = {name: getattr(person, name) for name in ("title", "name", "email", "language")}
        given = {"identifier": person.identifier} if person.identifier else {}
        return await self.request("POST", f"{portal}/accounts", json=given | details, key=key)

    async def account_id(self, portal: str, identifier: str) -> str:
        found = await self.request("GET", f"{portal}/accounts", params={"q": identifier})
        (account,) = found.json()["items"]
        return str(account["id"])

    async def activate(self, portal: str, account_id: str) -> httpx.Response:
        """The raw answer."""
        return await self.request("POST", f"{portal}/accounts/{account_id}/activations")

    async def close(self, portal: str, account_id: str) -> httpx.Response:
        """The raw answer."""
        return await self.request("POST", f"{portal}/accounts/{account_id}/close")

    async def reopen(self, portal: str, account_id: str) -> httpx.Response:
        """The raw answer."""
        return await self.request("POST", f"{portal}/accounts/{account_id}/reopen")

    async def release_verbally(
        self, portal: str, account_id: str, checks: Sequence[str], *, key: str | None = None
    ) -> httpx.Response:
        """The raw answer."""
        path = f"{portal}/accounts/{account_id}/verbal-releases"
        return await self.request("POST", path, json={"checks": list(checks)}, key=key)

    async def mail_code(self, portal: str, account_id: str) -> httpx.Response:
        """The raw answer."""
        return await self.request("POST", f"{portal}/accounts/{account_id}/code-mails")

    async def request_codes(
        self, portal: str, requested_by: str, people: Sequence[Mapping[str, object]], *, key: str | None = None
    ) -> httpx.Response:
        """The raw answer."""
        body = {"requested_by": requested_by, "people": list(people)}
        return await self.request("POST", f"{portal}/code-requests", json=body, key=key)

    async def flag_mailbox(self, portal: str, address: str, *, shared: bool = True) -> httpx.Response:
        """The raw answer."""
        path = f"{portal}/mailboxes/{quote(address, safe='')}/shared"
        return await self.request("PUT", path, json={"shared": shared})

    async def register_contract(self, portal: str, **details: str) -> dict[str, Any]:
        """Nobody's yet."""
        given = {
            "number": f"23-{next(_numbers)}",
            "label": "Maison des Étangs",
            "street": "4 rue du Puits",
            "postal_code": "23000",
            "city": "Guéret",
        }
        answer = await self.request("POST", f"{portal}/contracts", json=given | details)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def ask_for_key(self, contract: Mapping[str, Any], **checked: bool) -> httpx.Response:
        """The raw answer to a request with everything checked but what `checked` says."""
        given = {"contract_id": contract["id"], "identity_checked": True, "address_checked": True, **checked}
        return await self.request("POST", f"{contract['portal']}/key-requests", json=given)

    async def issue(self, contract: Mapping[str, Any]) -> dict[str, str]:
        """`key_id` and `key`."""
        asked = await self.ask_for_key(contract)
        assert asked.status_code == 201, asked.text
        path = f"{contract['portal']}/contracts/{contract['id']}/keys"
        answer = await self.request("POST", path, json={"request_id": asked.json()["id"]})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def issue_key(self, contract: Mapping[str, Any]) -> str:
        """As the letter has it."""
        return (await self.issue(contract))["key"]

    async def link(self, contract: Mapping[str, Any], account_id: str) -> httpx.Response:
        path = f"{contract['portal']}/contracts/{contract['id']}/links"
        return await self.request("POST", path, json={"account_id": account_id})

    async def dissociate(self, contract: Mapping[str, Any], account_id: str) -> httpx.Response:
        return await self.request("DELETE", f"{contract['portal']}/contracts/{contract['id']}/links/{account_id}")


async def hire(http: httpx.AsyncClient, database_url: str, scopes: frozenset[str] = frozenset(SCOPES)) -> Desk:
    """A new client, as `guichet clients create` makes one."""
    async with open_database(database_url, max_size=1) as db:
        made = await create_client(db, "tests", scopes, frozenset({"*"}))
    return Desk(http, made.id, made.secret.get_secret_value())
