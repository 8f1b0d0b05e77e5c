"""What the notifier says over HTTP: the desk's API and pages about mails. It has nothing for customers."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.notifier.http import deliveries, pauses, timelines
from services.notifier.http.pages import deliveries as delivery_pages
from services.notifier.http.pages import pauses as pause_pages
from services.notifier.http.pages import timeline


def routers() -> Sequence[APIRouter]:
    for_programs = (pauses, deliveries, timelines)
    for_people = (timeline, pause_pages, delivery_pages)
    return [part.router for part in (*for_programs, *for_people)]
