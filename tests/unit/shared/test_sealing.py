"""B4: sealed to the notifier, bound to the fact that carries it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OKPKey

from shared.keys import KeyFile
from shared.sealing import Opener, SealBroken, Sealer, SealKeyUnknown

UNTIL = datetime(2030, 1, 1, tzinfo=UTC)
generations = st.integers(min_value=1, max_value=2**53)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sealer, Opener]:
    folder = tmp_path_factory.mktemp("keys")
    key = OKPKey.generate_key("X25519", parameters={"kid": "one"})
    return Sealer(key_file(folder / "public", key.as_dict(private=False))), Opener(
        key_file(folder / "private", key.as_dict(private=True))
    )


def key_file(path: Path, *entries: dict) -> KeyFile:
    path.write_text(json.dumps({"keys": entries}))
    return KeyFile(path)


@given(secret=st.text(), event=st.uuids(), account=st.uuids(), generation=generations)
def test_b4_the_notifier_opens_what_was_sealed_to_it(pair, secret: str, event: UUID, account: UUID, generation: int):
    sealer, opener = pair
    bound = {"event_id": event, "account_id": account, "generation": generation, "deliver_until": UNTIL}
    sealed = sealer.seal({"password": secret}, **bound)
    assert opener.open(sealed, **bound)["password"].get_secret_value() == secret


@given(secret=st.text(st.characters(codec="ascii"), min_size=6), event=st.uuids(), account=st.uuids())
def test_b4_a_sealed_secret_shows_nowhere(pair, secret: str, event: UUID, account: UUID):
    sealer, opener = pair
    bound = {"event_id": event, "account_id": account, "generation": 1, "deliver_until": UNTIL}
    sealed = sealer.seal({"password": secret}, **bound)
    opened = opener.open(sealed, **bound)
    assert json.dumps(secret)[1:-1] not in sealed
    assert secret not in repr(opened).replace("password", "").replace("SecretStr", "")


@pytest.mark.parametrize(
    ("moved", "to"),
    [
        ("event_id", UUID(int=9)),
        ("account_id", UUID(int=9)),
        ("generation", 4),
        ("deliver_until", UNTIL + timedelta(microseconds=1)),
    ],
)
def test_b4_a_ciphertext_moved_to_another_fact_does_not_open(pair, moved: str, to: object):
    sealer, opener = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "generation": 3, "deliver_until": UNTIL}
    sealed = sealer.seal({"password": "x"}, **bound)
    with pytest.raises(SealBroken):
        opener.open(sealed, **{**bound, moved: to})


def test_b4_a_fact_without_a_generation_opens_without_one_and_with_none_other(pair):
    sealer, opener = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "deliver_until": UNTIL}
    sealed = sealer.seal({"token": "x"}, **bound, generation=None)
    assert opener.open(sealed, **bound, generation=None)["token"].get_secret_value() == "x"
    with pytest.raises(SealBroken):
        opener.open(sealed, **bound, generation=0)


@given(until=st.integers(0, 2**38).map(lambda past: UNTIL + timedelta(microseconds=past)), zone=st.timezones())
def test_b4_the_deadline_is_the_moment_however_it_is_written(pair, until: datetime, zone: ZoneInfo):
    sealer, opener = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "generation": 3}
    sealed = sealer.seal({"password": "x"}, **bound, deliver_until=until.astimezone(zone))
    assert opener.open(sealed, **bound, deliver_until=until)


@given(st.one_of(st.text(max_size=300), st.from_regex(r"[\w-]{0,40}(\.[\w-]{0,40}){4}", fullmatch=True)))
def test_b4_a_forged_seal_is_refused_and_nothing_worse(pair, forged: str):
    with pytest.raises((SealBroken, SealKeyUnknown)):
        pair[1].open(forged, event_id=UUID(int=1), account_id=UUID(int=2), generation=3, deliver_until=UNTIL)


def test_b4_what_was_sealed_to_a_destroyed_key_never_opens(pair, tmp_path: Path):
    sealer, _ = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "generation": 3, "deliver_until": UNTIL}
    other = OKPKey.generate_key("X25519", parameters={"kid": "two"})
    with pytest.raises(SealKeyUnknown):
        Opener(key_file(tmp_path / "k", other.as_dict(private=True))).open(
            sealer.seal({"password": "x"}, **bound), **bound
        )


def test_the_claims_inside_name_the_deadline(tmp_path: Path):
    key = OKPKey.generate_key("X25519", parameters={"kid": "one"})
    sealer = Sealer(key_file(tmp_path / "public", key.as_dict(private=False)))
    sealed = sealer.seal({}, event_id=UUID(int=1), account_id=UUID(int=2), generation=3, deliver_until=UNTIL)
    assert json.loads(jwe.decrypt_compact(sealed, key).plaintext)["deliver_until"] == "2030-01-01T00:00:00.000000+00:00"
