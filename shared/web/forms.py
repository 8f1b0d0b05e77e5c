"""Forms: read once and strictly, as JSON is, and only with the token that this site put into them."""

import hmac
import secrets
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from shared.web import cookies
from shared.web.bodies import decode, escape, read_body
from shared.web.errors import BodyMalformed, FieldFault, FormExpired

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
CSRF_FIELD = "csrf"
TOKEN_BYTES = 16


async def parse_form(request: Request) -> dict[str, str]:
    """Raises ContentTypeNotSupported, BodyTooLarge, and BodyMalformed for what is no text or given more than once."""
    text = decode(await read_body(request, MEDIA_TYPE))
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise BodyMalformed(FieldFault("", "text_not_utf8", "a field is not UTF-8")) from None
    except ValueError:
        raise BodyMalformed(FieldFault("", "fields_too_many", f"more than {MOST_FIELDS} fields")) from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise BodyMalformed(FieldFault(escape(name[:64]), "field_repeated", "given more than once"))
        fields[name] = value
    return fields


async def current_form(request: Request) -> dict[str, str]:
    """The fields of a form of ours. Raises FormExpired where its token is not that of this browser's cookie."""
    fields = await parse_form(request)
    sent, kept = fields.pop(CSRF_FIELD, ""), request.cookies.get(cookies.CSRF, "")
    if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
        raise FormExpired
    return fields


CurrentForm = Annotated[dict[str, str], Depends(current_form)]


def csrf_token(request: Request) -> str:
    """This browser's token: the one its cookie holds, or a new one where that is none of ours."""
    kept = request.cookies.get(cookies.CSRF, "")
    return kept if len(kept) == 2 * TOKEN_BYTES and kept.isalnum() else secrets.token_hex(TOKEN_BYTES)
