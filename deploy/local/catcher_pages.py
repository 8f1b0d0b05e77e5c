"""The catcher's two pages for people."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from deploy.local.caught import Caught
from deploy.local.mailbox import Mailbox

_STYLE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mails</title><style>:root{color-scheme:light dark}
body{font:16px/1.5 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem}
table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:.5rem;border-bottom:1px solid #8885}
pre{white-space:pre-wrap}iframe{width:100%;height:34rem;border:1px solid #8885;background:#fff}</style>"""
# A mail is a stranger's HTML: it is shown, and can do nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"


class Pages:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def index(self, _: Request) -> Response:
        rows = "".join(
            f"<tr><td><time>{mail.received:%H:%M:%S}</time><td>{escape(', '.join(mail.recipients))}"
            f'<td><a href="/view/{mail.id}">{escape(mail.subject) or "(no subject)"}</a>'
            for mail in self._mailbox.newest_first()
        )
        table = f"<table><thead><tr><th>UTC<th>To<th>Subject<tbody>{rows}</table>" if rows else "<p>No mail yet."
        return _page(f"<h1>Mails</h1>{table}")

    async def view(self, request: Request) -> Response:
        mail = self._mailbox.find(request.path_params["id"])
        back = '<p><a href="/">All mails</a>'
        return _page(f"{back}{_shown(mail)}" if mail else f"<h1>No such mail</h1>{back}", 200 if mail else 404)


def _page(body: str, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(f"{_STYLE}<main>{body}</main>", status, headers)


def _shown(mail: Caught) -> str:
    source = f'<a href="/api/v1/message/{mail.id}/raw">source</a>'
    heading = f"<h1>{escape(mail.subject)}</h1><p>To {escape(', '.join(mail.recipients))} · {source}"
    html = f'<h2>HTML</h2><iframe sandbox title="HTML part" srcdoc="{escape(mail.html)}"></iframe>' if mail.html else ""
    return f"{heading}<h2>Text</h2><pre>{escape(mail.text)}</pre>{html}"
