"""The second factor: the codes of RFC 6238, and those that stand in for a lost telephone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.auth.domain.second_factor import code_hash, enrolment_uri, matching_step, new_code, new_seed

SEED = SecretStr("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")  # the key of RFC 6238's appendix B


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    assert matching_step(SEED, code, datetime.fromtimestamp(at, UTC)) == at // 30


@given(st.integers(min_value=0, max_value=2**33), st.integers(min_value=-90, max_value=90))
def test_a_clock_may_be_off_by_one_step_and_no_more(at: int, off: int) -> None:
    now = datetime.fromtimestamp(at + 1000, UTC)
    shown = now + timedelta(seconds=off)
    step = int(shown.timestamp()) // 30
    code = _shown(shown)

    if abs(step - int(now.timestamp()) // 30) <= 1:
        assert _shown(datetime.fromtimestamp((matching_step(SEED, code, now) or 0) * 30, UTC)) == code
    else:
        assert matching_step(SEED, code, now) is None or _also_nearer(code, now)


@pytest.mark.parametrize("given", ["", "28708", "2870822", "ABCDEF", "२८७०८२", "287 083"])
def test_what_is_no_code_opens_nothing(given: str) -> None:
    assert matching_step(SEED, given, datetime.fromtimestamp(59, UTC)) is None


def test_blanks_in_a_code_are_forgiven() -> None:
    assert matching_step(SEED, " 287 082\n", datetime.fromtimestamp(59, UTC)) == 1


def test_an_authenticator_is_told_whose_code_it_shows() -> None:
    uri = urlsplit(enrolment_uri(new_seed(), "sacha", "Guichet (desk.localhost)"))

    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/Guichet (desk.localhost):sacha"
    assert parse_qs(uri.query)["issuer"] == ["Guichet (desk.localhost)"]


def test_no_two_seeds_or_codes_are_alike_and_none_is_printed() -> None:
    secrets = [make() for make in (new_seed, new_code) for _ in range(50)]

    assert len({secret.get_secret_value() for secret in secrets}) == 100
    assert all(secret.get_secret_value() not in repr(secret) for secret in secrets)


def test_a_recovery_code_may_be_typed_in_any_way() -> None:
    code = new_code().get_secret_value()

    assert code_hash(code) == code_hash(f" {code.upper().replace('-', ' ')}\n")
    assert code_hash(code) != code_hash(code[:-1])


def _shown(at: datetime) -> str:
    return pyotp.TOTP(SEED.get_secret_value()).at(at)


def _also_nearer(code: str, now: datetime) -> bool:
    """One in three hundred thousand: two of the steps at hand show the same code."""
    return [_shown(now + timedelta(seconds=30 * drift)) for drift in (-1, 0, 1)].count(code) > 0
