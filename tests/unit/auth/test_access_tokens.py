"""Access tokens: who they say is calling, and the ways to lie about it (RFC 8725)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from deploy.key_files import KeyFiles, make_keys
from shared.access_tokens import DESK, Caller, TokenNotAccepted, issue_token, verify_token
from shared.keys import KeyFile

MINUTES = timedelta(minutes=10)


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return make_keys(tmp_path)


def caller(issued_at: datetime | None = None) -> Caller:
    return Caller(
        "client",
        "0123456789abcdef",
        frozenset({"egec"}),
        frozenset({"accounts:read"}),
        issued_at or datetime.now(UTC),
    )


def claims(**changes: object) -> dict[str, Any]:
    now = datetime.now(UTC).timestamp()
    given = {"iss": "urn:guichet:auth", "sub": "x", "aud": DESK, "kind": "client", "portals": ["*"], "scope": ""}
    return {**given, "iat": now, "exp": int(now) + 600, **changes}


def signed(files: KeyFiles, said: dict[str, Any], **header: object) -> str:
    key = KeyFile(files.token_private).newest()
    return jwt.encode({"alg": "EdDSA", "kid": key.kid, "typ": "at+jwt", **header}, said, key, algorithms=["EdDSA"])


def test_the_public_keys_are_enough_to_know_the_caller(files: KeyFiles):
    token = issue_token(KeyFile(files.token_private), caller(), audience=DESK, lifetime=MINUTES).get_secret_value()
    known = verify_token(KeyFile(files.token_public), token, audience=DESK)

    assert (known.kind, known.id, known.portals, known.scopes) == (
        "client",
        "0123456789abcdef",
        frozenset({"egec"}),
        frozenset({"accounts:read"}),
    )
    assert abs(known.issued_at - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_forging_of_this_test_works_but_for_what_is_forged(files: KeyFiles):
    assert verify_token(KeyFile(files.token_public), signed(files, claims()), audience=DESK).id == "x"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "egec"},
        {"aud": [DESK]},
        {"iss": "urn:guichet:contracts"},
        {"kind": "root"},
        {"exp": 0},
        {"exp": "never"},
        {"iat": 4_000_000_000},
        {"portals": None},
        {"scope": 1},
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be_is_refused(files: KeyFiles, changes: dict[str, object]):
    with pytest.raises(TokenNotAccepted):
        verify_token(KeyFile(files.token_public), signed(files, claims(**changes)), audience=DESK)


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "kind", "portals", "scope", "iat", "exp"])
def test_a_claim_that_is_missing_is_refused(files: KeyFiles, missing: str):
    said = claims()
    del said[missing]

    with pytest.raises(TokenNotAccepted):
        verify_token(KeyFile(files.token_public), signed(files, said), audience=DESK)


@pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": ""}, {"kid": "../../etc/passwd"}, {"kid": ""}], ids=str)
def test_another_type_or_key_is_refused(files: KeyFiles, header: dict[str, object]):
    with pytest.raises(TokenNotAccepted):
        verify_token(KeyFile(files.token_public), signed(files, claims(), **header), audience=DESK)


def test_no_signature_is_no_signature(files: KeyFiles):
    kid = KeyFile(files.token_private).newest().kid
    parts = ({"alg": "none", "typ": "at+jwt", "kid": kid}, claims())
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    for token in (".".join([*encoded, ""]), ".".join(encoded), "", "a.b.c", "x" * 5000):
        with pytest.raises(TokenNotAccepted):
            verify_token(KeyFile(files.token_public), token, audience=DESK)


def test_the_public_key_is_no_shared_secret(files: KeyFiles):
    public = KeyFile(files.token_public).newest()
    secret = OctKey.import_key(public.as_dict()["x"])
    token = jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": public.kid}, claims(), secret)

    with pytest.raises(TokenNotAccepted):
        verify_token(KeyFile(files.token_public), token, audience=DESK)


def test_somebody_elses_key_under_our_id_is_refused(files: KeyFiles):
    kid = KeyFile(files.token_public).newest().kid
    token = jwt.encode(
        {"alg": "EdDSA", "typ": "at+jwt", "kid": kid}, claims(), OKPKey.generate_key("Ed25519"), algorithms=["EdDSA"]
    )

    with pytest.raises(TokenNotAccepted):
        verify_token(KeyFile(files.token_public), token, audience=DESK)


def test_a_token_lasts_as_long_as_it_says(files: KeyFiles):
    keys = KeyFile(files.token_private)
    for age, accepted in [(timedelta(minutes=9, seconds=50), True), (timedelta(minutes=10, seconds=1), False)]:
        token = issue_token(keys, caller(datetime.now(UTC) - age), audience=DESK, lifetime=MINUTES).get_secret_value()
        if accepted:
            verify_token(keys, token, audience=DESK)
        else:
            with pytest.raises(TokenNotAccepted):
                verify_token(keys, token, audience=DESK)
