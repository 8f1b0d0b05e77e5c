"""JSON is read as everybody reads it, or refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.bodies import parse_json
from shared.web.errors import BodyMalformed

text = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BodyMalformed):
        parse_json(body)


@given(st.text(min_size=1), st.text())
def test_a_repeated_name_is_refused_however_it_is_written(name: str, value: str) -> None:
    escaped = "".join(f"\\u{unit:04x}" for unit in _utf16(name))
    body = f'{{{json.dumps(name)}: 1, "{escaped}": {json.dumps(value)}}}'

    with pytest.raises(BodyMalformed) as refused:
        parse_json(body.encode())

    assert [fault.code for fault in refused.value.faults] == ["field_repeated"]


def _utf16(name: str) -> list[int]:
    units = name.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(units[place : place + 2]) for place in range(0, len(units), 2)]
