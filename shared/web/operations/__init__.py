"""What every service shows the desk of itself: messages it could not handle, and its audit. One code for all; each
service answers to its own name alone."""

from collections.abc import Sequence

from fastapi import APIRouter

from shared.web.operations import audit, audit_pages, dead_letter_pages, dead_letters


def routers() -> Sequence[APIRouter]:
    return [part.router for part in (dead_letters, audit, dead_letter_pages, audit_pages)]
