"""From errors to answers, in one place: a problem for programs, a page for people."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import DatabaseUnavailable, DomainError
from shared.ids import Language
from shared.web.errors import FieldsInvalid, InternalError, MethodNotAllowed, NotFound, ServiceUnavailable
from shared.web.models import field_fault
from shared.web.pages import Pages
from shared.web.problems import problem, problem_headers
from shared.web.statuses import Statuses, status_of
from shared.web.visits import find_visit
from shared.web.words import LAST_RESORT, Words

FOR_PROGRAMS = ("/api/", "/oauth/")


class Refusals:
    """Knows the status of every error a service may raise, and who is asking."""

    def __init__(self, statuses: Statuses, pages: Pages) -> None:
        self._statuses = statuses
        self._pages = pages

    def __call__(self, request: Request, error: DomainError) -> Response:
        status = status_of(error, self._statuses)
        visit = find_visit(request.scope)
        if visit is None or request.scope["path"].startswith(FOR_PROGRAMS):
            return problem(error, status, visit.words if visit else Words(None, Language(LAST_RESORT)))
        page = self._pages.show(request, "refused.html", status=status, error=error, again=request.method == "POST")
        page.headers.update(problem_headers(error, status))
        return page

    def answer(self, request: Request, error: Exception) -> Response:
        return self(request, as_domain_error(error))

    def register(self, app: FastAPI) -> None:
        """FastAPI looks handlers up by the error's type and those above it."""

        async def answer(request: Request, error: Exception) -> Response:
            return self.answer(request, error)

        for kind in (DomainError, DatabaseUnavailable, RequestValidationError, HTTPException):
            app.add_exception_handler(kind, answer)


def as_domain_error(error: Exception) -> DomainError:
    match error:
        case DomainError():
            return error
        case DatabaseUnavailable():
            return ServiceUnavailable()
        case RequestValidationError():
            return _fields_invalid(error)
        case HTTPException():
            return _from_starlette(error)
    return InternalError()


def _from_starlette(error: HTTPException) -> DomainError:
    """The router's own: no such address, or not with this method."""
    if error.status_code == 405:
        return MethodNotAllowed((error.headers or {}).get("Allow", ""))
    return NotFound()


def _fields_invalid(error: RequestValidationError) -> DomainError:
    """An address with an impossible id is an address of nothing."""
    faults = error.errors()
    if any(fault["loc"][0] == "path" for fault in faults):
        return NotFound()
    return FieldsInvalid([field_fault(fault) for fault in faults])
