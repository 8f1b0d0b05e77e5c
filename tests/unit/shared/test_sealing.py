"""B4: sealed to the notifier, bound to the fact that carries it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

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
    bound = {"event_id": event, "account_id": account, "generation": generation}
    sealed = sealer.seal({"password": secret}, **bound, deliver_until=UNTIL)
    assert opener.open(sealed, **bound)["password"].get_secret_value() == secret


@given(secret=st.text(st.characters(codec="ascii"), min_size=6), event=st.uuids(), account=st.uuids())
def test_b4_a_sealed_secret_shows_nowhere(pair, secret: str, event: UUID, account: UUID):
    sealer, opener = pair
    bound = {"event_id": event, "account_id": account, "generation": 1}
    sealed = sealer.seal({"password": secret}, **bound, deliver_until=UNTIL)
    opened = opener.open(sealed, **bound)
    assert json.dumps(secret)[1:-1] not in sealed
    assert secret not in repr(opened).replace("password", "").replace("SecretStr", "")


@pytest.mark.parametrize("moved", ["event_id", "account_id", "generation"])
def test_b4_a_ciphertext_moved_to_another_fact_does_not_open(pair, moved: str):
    sealer, opener = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "generation": 3}
    sealed = sealer.seal({"password": "x"}, **bound, deliver_until=UNTIL)
    other = {**bound, moved: 4 if moved == "generation" else UUID(int=9)}
    with pytest.raises(SealBroken):
        opener.open(sealed, **other)


@given(st.one_of(st.text(max_size=300), st.from_regex(r"[\w-]{0,40}(\.[\w-]{0,40}){4}", fullmatch=True)))
def test_b4_a_forged_seal_is_refused_and_nothing_worse(pair, forged: str):
    with pytest.raises((SealBroken, SealKeyUnknown)):
        pair[1].open(forged, event_id=UUID(int=1), account_id=UUID(int=2), generation=3)


def test_b4_what_was_sealed_to_a_destroyed_key_never_opens(pair, tmp_path: Path):
    sealer, _ = pair
    bound = {"event_id": UUID(int=1), "account_id": UUID(int=2), "generation": 3}
    other = OKPKey.generate_key("X25519", parameters={"kid": "two"})
    with pytest.raises(SealKeyUnknown):
        Opener(key_file(tmp_path / "k", other.as_dict(private=True))).open(
            sealer.seal({"password": "x"}, **bound, deliver_until=UNTIL), **bound
        )


def test_the_claims_inside_name_the_deadline(tmp_path: Path):
    key = OKPKey.generate_key("X25519", parameters={"kid": "one"})
    sealer = Sealer(key_file(tmp_path / "public", key.as_dict(private=False)))
    sealed = sealer.seal({}, event_id=UUID(int=1), account_id=UUID(int=2), generation=3, deliver_until=UNTIL)
    assert json.loads(jwe.decrypt_compact(sealed, key).plaintext)["deliver_until"] == UNTIL.isoformat()
