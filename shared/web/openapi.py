"""What the generated OpenAPI document cannot see by itself: how requests are refused, who may send them, repeats."""

from typing import Any

from fastapi import FastAPI

from shared.web.problems import MEDIA_TYPE
from shared.web.repeats import MOST_CHARACTERS

Description = dict[str, Any]

BY_SESSION: Description = {"security": [{"session": []}]}
BY_SESSION_OR_TOKEN: Description = {"security": [{"session": []}, {"customer": []}]}
BY_TOKEN: Description = {"security": [{"access": []}, {"customer": []}]}

SECURITY_SCHEMES: dict[str, Description] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
    "access": {"type": "apiKey", "in": "cookie", "name": "__Host-access"},
    "customer": {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt (RFC 9068)"},
    "client": {"type": "oauth2"},
    "client_secret": {"type": "http", "scheme": "basic"},
}

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). Programs look at `code`; `title` is for people, in their language.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "missing": {
            "type": "array",
            "description": "The names of checks that were not made.",
            "items": {"type": "string"},
        },
        "errors": {
            "type": "array",
            "description": "What is wrong with which field of the body, as a JSON Pointer.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
    },
}

REFUSAL = {
    "description": "A refusal. 429 and 503 say in `Retry-After` when to come back.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body gets the same answer and is done once, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
}


def describe(app: FastAPI) -> None:
    """Lays this over what FastAPI generates; made once, when it is first asked for."""
    generated = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(generated())
        return generated()

    app.openapi = complete  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    components["securitySchemes"] = _schemes(document)
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of what is a Problem here
        schemas.pop(unused, None)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            operation["responses"].pop("422", None)
            if _refuses_with_problems(operation):
                operation["responses"]["default"] = REFUSAL
            if method == "post" and operation.get("x-idempotency-key") != "ignored":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _refuses_with_problems(operation: dict[str, Any]) -> bool:
    """OAuth's errors have a form of their own (RFC 6749, section 5.2)."""
    return "oauth" not in operation.get("tags", ())


def _schemes(document: dict[str, Any]) -> dict[str, Any]:
    """The schemes that are used; the scopes are those that operations demand."""
    demands = [
        demand
        for methods in document["paths"].values()
        for operation in methods.values()
        for demand in operation.get("security", ())
    ]
    used = {name: dict(SECURITY_SCHEMES[name]) for demand in demands for name in demand}
    if "client" in used:
        scopes = sorted({scope for demand in demands for scope in demand.get("client", ())})
        used["client"]["flows"] = {
            "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict.fromkeys(scopes, "")}
        }
    return used
