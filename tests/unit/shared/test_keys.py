"""Key files: re-read on change, the newest key in force is used."""

import json
import time
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from shared.keys import KeyFile, KeysUnusable, KeyUnknown


def write(path: Path, **begins: float) -> None:
    keys = [
        OKPKey.generate_key("Ed25519", parameters={"kid": kid}).as_dict() | {"nbf": nbf} for kid, nbf in begins.items()
    ]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"keys": keys}))
    fresh.rename(path)


def test_a_rotated_key_is_used_once_its_nbf_has_passed(tmp_path: Path):
    path = tmp_path / "keys.json"
    write(path, old=0)
    keys = KeyFile(path)
    write(path, old=0, announced=time.time() + 120)
    assert keys.newest().kid == "old"
    assert keys.by_id("announced").kid == "announced"
    write(path, old=0, announced=time.time() - 1)
    assert keys.newest().kid == "announced"


def test_a_destroyed_key_is_gone_without_a_restart(tmp_path: Path):
    path = tmp_path / "keys.json"
    write(path, old=0, new=1)
    keys = KeyFile(path)
    write(path, new=1)
    with pytest.raises(KeyUnknown):
        keys.by_id("old")


def test_a_half_written_file_leaves_the_former_keys_in_use(tmp_path: Path):
    path = tmp_path / "keys.json"
    write(path, old=0)
    keys = KeyFile(path)
    path.write_text('{"keys": [')
    assert keys.newest().kid == "old"


@pytest.mark.parametrize("text", ["", "[]", '{"keys": []}', '{"keys": [{"kty": "OKP"}]}', '{"keys": 3}'])
def test_an_unusable_file_stops_the_start_and_is_named(tmp_path: Path, text: str):
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(KeysUnusable, match=r"keys\.json"):
        KeyFile(path)


def test_no_key_in_force_is_said(tmp_path: Path):
    path = tmp_path / "keys.json"
    write(path, announced=time.time() + 60)
    with pytest.raises(KeysUnusable, match="nbf"):
        KeyFile(path).newest()
