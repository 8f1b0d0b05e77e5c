"""`POST /oauth/token`: access tokens for machines (RFC 6749, section 4.4), with errors as that RFC wants them."""

import base64
import binascii
from typing import Literal
from urllib.parse import unquote_plus

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, SecretStr
from starlette.responses import JSONResponse

from services.auth.domain.errors import ClientNotRecognised, ScopeNotGranted
from services.auth.handlers.issue_client_token import IssueClientToken, issue_client_token
from services.auth.http.current import CurrentDeps
from shared.web.errors import BodyMalformed, ContentTypeNotSupported
from shared.web.forms import MEDIA_TYPE, parse_form
from shared.web.routes import DeskHostRoute, repeats

GRANT = "client_credentials"


class TokenRoute(DeskHostRoute):
    async def admit(self, request: Request) -> str:
        """The client shows itself with the request; who it is, only the handler can tell."""
        return "client"


router = APIRouter(route_class=TokenRoute, tags=["oauth"])


class Token(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    scope: str


FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {"grant_type": {"const": GRANT}, "scope": {"type": "string"}},
                }
            }
        },
    },
    "security": [{"client_secret": []}],
}


@router.post("/oauth/token", response_model=Token, openapi_extra={**FORM, **repeats("ignored")})
async def post_token(request: Request, deps: CurrentDeps) -> Response:
    """A token of ten minutes, with the scopes asked for, or all the client has."""
    try:
        client_id, secret = _basic(request)
        form = await parse_form(request)
        if "grant_type" not in form:
            return _error(400, "invalid_request", "grant_type is missing")
        if form["grant_type"] != GRANT:
            return _error(400, "unsupported_grant_type", f"only {GRANT} is offered")
        scopes = frozenset(form.get("scope", "").split())
        token = await issue_client_token(deps, IssueClientToken(client_id, secret, scopes))
    except ClientNotRecognised:
        return _error(401, "invalid_client", "no such client, or not this secret", {"www-authenticate": "Basic"})
    except ScopeNotGranted:
        return _error(400, "invalid_scope", "a scope was asked for that the client does not have")
    except (BodyMalformed, ContentTypeNotSupported) as error:
        return _error(400, "invalid_request", str(error))
    granted = Token(
        access_token=token.value.get_secret_value(),
        expires_in=token.expires_in,
        scope=" ".join(sorted(token.scopes)),
    )
    return JSONResponse(granted.model_dump())


def _basic(request: Request) -> tuple[str, SecretStr]:
    """The client's id and secret, each form-encoded within HTTP Basic (section 2.3.1). Raises ClientNotRecognised."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ClientNotRecognised
        client_id, separator, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ClientNotRecognised from None
    if not separator:
        raise ClientNotRecognised
    return unquote_plus(client_id), SecretStr(unquote_plus(secret))


def _error(status: int, code: str, description: str, headers: dict[str, str] | None = None) -> Response:
    """Section 5.2."""
    return JSONResponse({"error": code, "error_description": description}, status, headers)
