"""What the notifier says over HTTP: the desk's API and pages about mails. It has nothing for customers."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.notifier.http import deliveries, pauses


def routers() -> Sequence[APIRouter]:
    return [part.router for part in (pauses, deliveries)]
