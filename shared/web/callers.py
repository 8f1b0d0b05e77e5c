"""Who is asking, as far as that can be told before anybody has judged what they showed."""

import hashlib

from starlette.requests import Request

from shared.networks import network_of
from shared.web import cookies
from shared.web.visits import visit_of


def presumed_caller(request: Request) -> str:
    """By what they show, valid or not (a digest of it: the value itself signs people in); else by their network."""
    session = request.cookies.get(cookies.SESSION, "")
    authorization = request.headers.get("authorization", "")
    if session or authorization:
        return hashlib.sha256(f"{session}\0{authorization}".encode()).hexdigest()
    return network_of(visit_of(request).client)
