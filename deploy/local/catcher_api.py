"""The part of Mailpit's API that tests use."""

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deploy.local import mailpit
from deploy.local.caught import Caught
from deploy.local.mailbox import Mailbox


class Api:
    """Its methods answer requests; they raise HTTPException for those that make no sense."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def messages(self, request: Request) -> Response:
        start, limit = _number(request, "start", 0), _number(request, "limit", 50)
        mails = self._mailbox.newest_first()
        page = [mailpit.summary(mail) for mail in mails[start : start + limit]]
        counts = {"total": len(mails), "unread": len(mails), "count": len(page), "messages_count": len(mails)}
        return JSONResponse({**counts, "start": start, "tags": [], "messages": page})

    async def message(self, request: Request) -> Response:
        return JSONResponse(mailpit.whole(self._found(request)))

    async def raw(self, request: Request) -> Response:
        return Response(self._found(request).raw, media_type="text/plain")

    async def delete(self, request: Request) -> Response:
        self._mailbox.delete(_ids(await request.body()))
        return PlainTextResponse("ok")

    def _found(self, request: Request) -> Caught:
        mail = self._mailbox.find(request.path_params["id"])
        if mail is None:
            raise HTTPException(404, "message not found")
        return mail


def _number(request: Request, name: str, default: int) -> int:
    written = request.query_params.get(name, str(default))
    if not (written.isdecimal() and len(written) < 10):
        raise HTTPException(400, f"{name} is not a number of mails")
    return int(written)


def _ids(body: bytes) -> set[str] | None:
    """None: no body, so all are meant."""
    try:
        return set(json.loads(body).get("IDs") or ()) if body else None
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise HTTPException(400, 'the body is not {"IDs": [...]}') from None
