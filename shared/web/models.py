"""What may be in a body, whether it came as JSON or from a form: declared, strict, every fault said by its field."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from shared.web.bodies import escape
from shared.web.errors import FieldFault, FieldsInvalid

B = TypeVar("B", bound="Body")

# pydantic's names are its own; these are the product's, which the texts `fault.<code>` put into words
_OURS = frozenset({"character_not_accepted", "not_an_address"})
_CODES = {code: code for code in _OURS} | {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_type": "field_not_text",
    "string_too_long": "field_too_long",
    "string_too_short": "field_empty",
    "too_long": "field_too_long",
    "too_short": "field_empty",
}


class Body(BaseModel):
    """What is not declared is refused, and nothing is converted: `1` is no text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def validated(model: type[B], fields: Mapping[str, str]) -> B:
    """A form's fields as `model`. Raises FieldsInvalid with every fault."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise FieldsInvalid([field_fault(fault) for fault in error.errors(include_input=False)]) from None


def field_fault(fault: Mapping[str, Any]) -> FieldFault:
    """One of pydantic's errors, without what was in the field; its name is the body's own, or `query/limit`."""
    names = fault["loc"][1:] if fault["loc"][:1] == ("body",) else fault["loc"]
    code = _CODES.get(fault["type"], "field_invalid")
    field = "/".join(escape(str(name)[:64].encode(errors="replace").decode()) for name in names)
    return FieldFault(field, code, fault["msg"])


def _without_controls(text: str) -> str:
    """Blanks around a name are forgiven later (S1.16); a line end, NUL or other control character inside is not."""
    if any(unicodedata.category(character) == "Cc" for character in text.strip()):
        raise PydanticCustomError("character_not_accepted", "has a line end or a control character")
    return text


Line = Annotated[str, Field(min_length=1, max_length=320), AfterValidator(_without_controls)]
