"""The catcher's HTTP side: the part of Mailpit's API that tests use, and two pages for people.

GET /api/v1/messages, GET /api/v1/message/{ID}, GET /api/v1/message/{ID}/raw, DELETE /api/v1/messages.
"""

import json
from email.utils import getaddresses
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.caught import Caught
from deploy.local.mailbox import Mailbox

_STYLE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mails</title><style>:root{color-scheme:light dark}
body{font:16px/1.5 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem}
table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:.5rem;border-bottom:1px solid #8885}
pre{white-space:pre-wrap}iframe{width:100%;height:34rem;border:1px solid #8885;background:#fff}</style>"""
# A mail is a stranger's HTML: it is shown, and can do nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"


def catcher_app(mailbox: Mailbox) -> Starlette:
    def newest_first() -> list[Caught]:
        return list(reversed(mailbox.mails.values()))

    def found(request: Request) -> Caught | None:
        wanted = request.path_params["id"]
        return next(iter(newest_first()), None) if wanted == "latest" else mailbox.mails.get(wanted)

    async def messages(request: Request) -> Response:
        start, limit = (int(request.query_params.get(name, default)) for name, default in (("start", 0), ("limit", 50)))
        mails = newest_first()
        page = [_summary(mail) for mail in mails[start : start + limit]]
        counts = {"total": len(mails), "unread": len(mails), "count": len(page), "messages_count": len(mails)}
        return JSONResponse({**counts, "start": start, "tags": [], "messages": page})

    async def message(request: Request) -> Response:
        mail = found(request)
        return JSONResponse(_whole(mail)) if mail else JSONResponse({"Error": "message not found"}, 404)

    async def raw(request: Request) -> Response:
        mail = found(request)
        return Response(mail.raw, media_type="text/plain") if mail else PlainTextResponse("message not found", 404)

    async def delete(request: Request) -> Response:
        body = await request.body()
        mailbox.delete(set(json.loads(body).get("IDs") or ()) if body else None)
        return PlainTextResponse("ok")

    async def index(_: Request) -> Response:
        rows = "".join(
            f"<tr><td><time>{mail.received:%H:%M:%S}</time><td>{escape(', '.join(mail.recipients))}"
            f'<td><a href="/view/{mail.id}">{escape(mail.subject) or "(no subject)"}</a>'
            for mail in newest_first()
        )
        table = f"<table><thead><tr><th>UTC<th>To<th>Subject<tbody>{rows}</table>" if rows else "<p>No mail yet."
        return _page(f"<h1>Mails</h1>{table}")

    async def view(request: Request) -> Response:
        mail = found(request)
        back = '<p><a href="/">All mails</a>'
        return _page(f"{back}{_shown(mail)}" if mail else f"<h1>No such mail</h1>{back}", 200 if mail else 404)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/view/{id}", view),
            Route("/api/v1/messages", messages, methods=["GET"]),
            Route("/api/v1/messages", delete, methods=["DELETE"]),
            Route("/api/v1/message/{id}", message),
            Route("/api/v1/message/{id}/raw", raw),
        ]
    )


def _page(body: str, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(f"{_STYLE}<main>{body}</main>", status, headers)


def _shown(mail: Caught) -> str:
    source = f'<a href="/api/v1/message/{mail.id}/raw">source</a>'
    heading = f"<h1>{escape(mail.subject)}</h1><p>To {escape(', '.join(mail.recipients))} · {source}"
    html = f'<h2>HTML</h2><iframe sandbox title="HTML part" srcdoc="{escape(mail.html)}"></iframe>' if mail.html else ""
    return f"{heading}<h2>Text</h2><pre>{escape(mail.text)}</pre>{html}"


def _summary(mail: Caught) -> dict[str, Any]:
    return {
        "ID": mail.id,
        "MessageID": _message_id(mail),
        "Read": False,
        **_people(mail),
        "Subject": mail.subject,
        "Created": mail.received.isoformat(),
        "Tags": [],
        "Size": len(mail.raw),
        "Attachments": 0,
        "Snippet": " ".join(mail.text.split())[:200],
    }


def _whole(mail: Caught) -> dict[str, Any]:
    return {
        "ID": mail.id,
        "MessageID": _message_id(mail),
        **_people(mail),
        "ReturnPath": mail.sender,
        "Subject": mail.subject,
        "Date": mail.received.isoformat(),
        "Tags": [],
        "Text": mail.text,
        "HTML": mail.html,
        "Size": len(mail.raw),
        "Inline": [],
        "Attachments": [],
    }


def _people(mail: Caught) -> dict[str, Any]:
    shown = {name: _addresses(mail, name) for name in ("From", "To", "Cc", "Reply-To")}
    hidden = set(mail.recipients) - {person["Address"] for name in ("To", "Cc") for person in shown[name]}
    return {
        "From": next(iter(shown["From"]), None),
        "To": shown["To"],
        "Cc": shown["Cc"],
        "Bcc": [{"Name": "", "Address": address} for address in sorted(hidden)],
        "ReplyTo": shown["Reply-To"],
    }


def _addresses(mail: Caught, header: str) -> list[dict[str, str]]:
    values = [str(value) for value in mail.message.get_all(header, [])]
    return [{"Name": name, "Address": address} for name, address in getaddresses(values)]


def _message_id(mail: Caught) -> str:
    return str(mail.message.get("Message-ID", "")).strip("<> ")
