"""The main job, done once as a customer does it: ask for a password, receive the mail, sign in with what it says."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from deploy.local.catcher import Catcher
from deploy.local.demonstration import Customer
from deploy.local.faults import LocalFault
from deploy.local.progress import Teller

IN_TIME = 30.0  # seconds for the mail; it takes a fraction of one
# The mail's own words (S1.11), with the blanks people copy along.
IDENTIFIER = re.compile(r"Votre identifiant CLIENT est:\s*(\S+)")
PASSWORD = re.compile(r"Votre mot-de-passe est:\s*(\S+)")


class ProofFailed(LocalFault):
    """The main job did not work; says which step, and what came instead."""


async def prove(url: str, customer: Customer, catcher: Catcher, teller: Teller) -> None:
    """Raises ProofFailed."""
    teller.say("\n  The main job, for a customer imported just now:")
    host = url.removeprefix("http://")
    local = f"http://127.0.0.1:{host.rpartition(':')[2]}"  # not every resolver knows names under .localhost
    async with httpx.AsyncClient(base_url=local, headers={"Host": host}, timeout=15) as http:
        with _timed(teller, f"asked for a password as {customer.email}"):
            await _post(http, "/api/v1/activations", {"email": customer.email}, expected=202)
        with _timed(teller, f"the mail is there: {catcher.mail_api}"):
            text = await _mail(catcher, customer.email)
        with _timed(teller, "signed in with the mail's password"):
            credentials = {"login": _found(IDENTIFIER, text), "password": _found(PASSWORD, text)}
            await _post(http, "/api/v1/sessions", credentials, expected=201)


async def _post(http: httpx.AsyncClient, path: str, body: dict[str, str], *, expected: int) -> None:
    try:
        answer = await http.post(path, json=body)
    except httpx.TransportError as error:
        raise ProofFailed(f"POST {path}: {type(error).__name__} {error}") from None
    if answer.status_code != expected:
        raise ProofFailed(f"POST {path} answered {answer.status_code} instead of {expected}: {answer.text[:300]}")


async def _mail(catcher: Catcher, address: str) -> str:
    try:
        return (await catcher.wait_for(address, timeout=IN_TIME)).text
    except TimeoutError:
        raise ProofFailed(f"no mail came for {address} within {IN_TIME:g} s") from None


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ProofFailed(f"the mail has no line like {pattern.pattern!r}")
    return found[1]


@contextmanager
def _timed(teller: Teller, what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    teller.say(f"  ✓ {1000 * (time.monotonic() - begun):6.0f} ms  {what}")
