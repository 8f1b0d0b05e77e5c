"""Bodies are read once, here, and strictly: what two parsers could understand differently is refused.

RFC 8259 leaves repeated names, NaN, depth and lone surrogates to the reader; RFC 7493 (I-JSON) forbids them, as we do.
"""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from starlette.requests import Request

from shared.web.errors import BodyMalformed, BodyTooLarge, ContentTypeNotSupported, FieldFault

MOST_BYTES = 64 * 1024
MOST_DEPTH = 16


async def read_body(request: Request, content_type: str) -> bytes:
    """Raises ContentTypeNotSupported, and BodyTooLarge as soon as it is known: at once where the length was said."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
        raise ContentTypeNotSupported(content_type)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
        raise BodyTooLarge(MOST_BYTES)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BodyTooLarge(MOST_BYTES)
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """Raises BodyMalformed, which names the place or the field."""
    try:
        value = json.loads(decode(body), object_pairs_hook=_no_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        _refuse("", "json_malformed", f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        _refuse("", "json_too_deep", f"nested more than {MOST_DEPTH} deep")
    except ValueError:
        _refuse("", "json_malformed", "a number has too many digits")
    for field, depth, part in _walk(value):
        if depth > MOST_DEPTH:
            _refuse(field, "json_too_deep", f"nested more than {MOST_DEPTH} deep")
        if isinstance(part, str) and not _is_unicode(part):
            _refuse(field, "text_not_unicode", "holds half of a surrogate pair")
    return value


def decode(body: bytes) -> str:
    """Raises BodyMalformed, which says at which byte."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        _refuse("", "text_not_utf8", f"not UTF-8 at byte {error.start}")


def escape(name: str) -> str:
    """A name as a part of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            _refuse(escape(_printable(name)), "field_repeated", "given more than once")
        found[name] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    _refuse("", "json_malformed", f"not JSON: {name} is no number")


def _walk(value: Any) -> Iterator[tuple[str, int, Any]]:
    """Every part of the value with its field and depth, names included; without recursion."""
    waiting: list[tuple[str, int, Any]] = [("", 1, value)]
    while waiting:
        field, depth, part = waiting.pop()
        yield field, depth, part
        if isinstance(part, dict):
            for name, inner in part.items():
                yield field, depth, name
                waiting.append((_below(field, name), depth + 1, inner))
        elif isinstance(part, list):
            waiting.extend((_below(field, str(index)), depth + 1, inner) for index, inner in enumerate(part))


def _below(field: str, name: str) -> str:
    return f"{field}/{escape(_printable(name))}" if field else escape(_printable(name))


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _printable(name: str) -> str:
    """A name made safe to be said back: short, and without what cannot be encoded."""
    return name[:64].encode(errors="replace").decode()


def _refuse(field: str, code: str, message: str) -> NoReturn:
    raise BodyMalformed(FieldFault(field, code, message))
