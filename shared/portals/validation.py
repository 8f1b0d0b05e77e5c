"""Pydantic's errors said in terms of the file: the line, the key as written, and what would be right there."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.portals.document import Document, Route, Value
from shared.portals.faults import Fault

FOLLOWING = frozenset({"default_factory_not_called"})  # a default that waited for what is already a fault

M = TypeVar("M", bound=BaseModel)


def validated(
    model: type[M], data: Value, document: Document, faults: list[Fault], at: Route = (), **more: Value
) -> M | None:
    """What `data`, which stands `at` this route of `document`, says with `more`. None: its faults are in `faults`."""
    try:
        return model.model_validate({**data, **more} if isinstance(data, Mapping) else data)
    except ValidationError as error:
        told = [details for details in error.errors() if details["type"] not in FOLLOWING]
        misspelt = {_meant(model, details["loc"]) for details in told if details["type"] == "extra_forbidden"}
        faults += [_fault(model, document, at, details) for details in told if not _follows(details, misspelt)]
        return None


def _follows(details: ErrorDetails, misspelt: set[Route | None]) -> bool:
    """A key that is there, but misspelt, is not missing as well."""
    return details["type"] == "missing" and details["loc"] in misspelt


def _fault(model: type[BaseModel], document: Document, at: Route, details: ErrorDetails) -> Fault:
    inner: Route = details["loc"]
    route = at + inner
    name = ".".join(map(str, route))
    match details["type"]:
        case "extra_forbidden":
            return document.fault(route, f"{name}: no such key; {_known(model, inner)}")
        case "missing":
            return document.fault(route, f"{name} is missing{_choices(model, inner)}")
        case "too_short":
            return document.fault(route, f"{name} must not be empty")
        case "model_type":
            return document.fault(route, f"{name} must be a mapping with {_keys(model, inner)}")
        case "value_error":
            return document.fault(route, f"{name} {details['ctx']['error']}")
        case _:
            wrong = details["msg"].replace("Input should", "must", 1)
            return document.fault(route, f"{name} {wrong[0].lower()}{wrong[1:]}, not {details['input']!r}")


def _known(model: type[BaseModel], route: Route) -> str:
    meant = _meant(model, route)
    return f"did you mean {meant[-1]}?" if meant else f"keys here are {_keys(model, route[:-1])}"


def _meant(model: type[BaseModel], route: Route) -> Route | None:
    close = get_close_matches(str(route[-1]), _model(model, route[:-1]).model_fields, n=1)
    return (*route[:-1], close[0]) if close else None


def _keys(model: type[BaseModel], route: Route) -> str:
    return ", ".join(_model(model, route).model_fields)


def _choices(model: type[BaseModel], route: Route) -> str:
    annotation = _model(model, route[:-1]).model_fields[str(route[-1])].annotation
    return f": one of {', '.join(map(str, get_args(annotation)))}" if get_origin(annotation) is Literal else ""


def _model(model: type[BaseModel], route: Route) -> type[BaseModel]:
    """The model that stands at `route`; the nearest above it where there is none, as inside a mapping."""
    for key in route:
        field = model.model_fields.get(str(key))
        inner: Any = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        model = inner
    return model
