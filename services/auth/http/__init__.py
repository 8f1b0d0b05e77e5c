"""What auth says over HTTP: the customers' API and pages, the desk's API, tokens for machines."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.auth.http import (
    activations,
    desk_accounts,
    desk_codes,
    desk_mailboxes,
    desk_pages,
    desk_releases,
    desk_sessions,
    me,
    oauth,
    own_changes,
    registrations,
    sessions,
)
from services.auth.http.pages import account, activate, address, home, password, register, search, services, sign_in


def routers() -> Sequence[APIRouter]:
    for_desk = (desk_accounts, desk_releases, desk_codes, desk_mailboxes, desk_sessions)
    for_programs = (activations, registrations, sessions, me, own_changes, *for_desk, oauth)
    for_people = (home, search, register, activate, sign_in, account, address, services, password)
    return [part.router for part in (*for_programs, *for_people, *desk_pages.PAGES)]
