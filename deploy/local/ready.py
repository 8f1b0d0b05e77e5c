"""Waiting until a service can be used."""

import asyncio

import httpx

from deploy.local.child import Child
from deploy.local.faults import LocalFault

PATIENCE = 60.0  # seconds; a start takes two


class NotReady(LocalFault):
    """A service runs, and does not get ready; says what it lacks."""


async def until_ready(child: Child, admin_port: int) -> None:
    """Returns when `/readyz` says so. Raises ProcessEnded, NotReady."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    said = "no answer on its admin port"
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{admin_port}", timeout=2) as http:
        while loop.time() < deadline:
            child.raise_if_ended()
            try:
                answer = (await http.get("/readyz")).json()
            except (httpx.TransportError, ValueError):
                answer = {}
            if answer.get("status") == "ready":
                return
            said = str(answer.get("reasons") or said)
            await asyncio.sleep(0.05)
    raise NotReady(f"{child.name} is not ready after {PATIENCE:g} s: {said}; its log is {child.log}")
