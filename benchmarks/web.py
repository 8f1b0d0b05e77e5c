"""An HTTP client that costs next to nothing: on two cores a usual one would be measured along with the server."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from benchmarks.portal import HOST


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def expect(self, status: int) -> None:
        """Raises AssertionError: a benchmark of refusals would be worth nothing."""
        assert self.status == status, f"{self.status} where {status} was expected: {self.body[:300]!r}"


class Clients:
    """As many kept connections as requests are under way. Each comes from another address, as behind a proxy."""

    def __init__(self, port: int, host: str = HOST) -> None:
        self._port = port
        self._host = host
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for _reader, writer in self._idle:
            writer.close()

    async def get(self, path: str, *, token: str | None = None) -> Answer:
        return await self._request("GET", path, b"", token)

    async def post(self, path: str, body: Mapping[str, str], *, token: str | None = None) -> Answer:
        return await self._request("POST", path, json.dumps(body).encode(), token)

    async def _request(self, method: str, path: str, content: bytes, token: str | None) -> Answer:
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nX-Forwarded-For: {somewhere()}\r\n"
            f"Accept-Language: fr\r\n{bearer}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("\r\ncontent-length:")[2].partition("\r\n")[0]
        answer = Answer(int(head.split(" ", 2)[1]), await reader.readexactly(int(length or 0)))
        self._idle.append((reader, writer))
        return answer


def somewhere() -> str:
    """Out of 10.0.0.0/8: the limits per client address stay as they are, and nobody runs into them."""
    return ".".join(["10", *(str(random.randrange(1, 255)) for _ in range(3))])  # noqa: S311 - no secret
