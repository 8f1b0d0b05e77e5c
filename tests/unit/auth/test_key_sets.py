"""Key files rotate without a gap, and no key goes while something needs it."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from deploy.cli.faults import CommandFailed
from deploy.cli.key_sets import LEARNING, Curve, KeyPairFiles, add_key, list_keys
from deploy.cli.keys import SEAL, TOKEN, _destroy
from shared.keys import KeyFile, KeyUnknown
from shared.portals import load_portals
from shared.sealing import Opener, Sealer

WHAT = {
    "event_id": UUID(int=1),
    "account_id": UUID(int=2),
    "generation": 3,
    "deliver_until": datetime(2030, 1, 1, tzinfo=UTC),
}


@pytest.fixture
def now() -> float:
    """When the test runs, not when it was collected: what is destroyed is judged by the real clock."""
    return datetime.now(UTC).timestamp()


def files(folder: Path, curve: Curve) -> KeyPairFiles:
    return KeyPairFiles(folder / "private.json", folder / "public.json", curve)


def test_the_first_key_is_used_at_once_and_the_next_when_all_have_learnt_it(tmp_path: Path, now: float):
    pair = files(tmp_path, "X25519")
    first, second = add_key(pair, now), add_key(pair, now + 60)

    assert [key.state(now + 60) for key in list_keys(pair, now + 60)] == ["in use", "waiting"]
    later = now + 60 + LEARNING
    assert [(key.kid, key.state(later)) for key in list_keys(pair, later)] == [
        (first.kid, "former"),
        (second.kid, "in use"),
    ]


def test_the_public_file_holds_no_private_part_and_the_private_one_is_its_owners(tmp_path: Path, now: float):
    pair = files(tmp_path, "Ed25519")
    for _ in range(2):
        add_key(pair, now)

    assert all("d" not in key for key in json.loads(pair.public.read_text())["keys"])
    assert all("d" in key for key in json.loads(pair.private.read_text())["keys"])
    assert stat.S_IMODE(pair.private.stat().st_mode) == 0o600


def test_what_was_sealed_before_a_rotation_opens_after_it(tmp_path: Path, now: float):
    pair = files(tmp_path, "X25519")
    add_key(pair, now - 3600)
    sealer, opener = Sealer(KeyFile(pair.public)), Opener(KeyFile(pair.private))
    former = sealer.seal({"password": "fG69a*6jH"}, **WHAT)
    add_key(pair, now - 1800)
    newer = sealer.seal({"password": "fG69a*6jH"}, **WHAT)

    for sealed in (former, newer):
        assert opener.open(sealed, **WHAT)["password"].get_secret_value() == "fG69a*6jH"


def test_a_key_is_destroyed_only_when_nothing_needs_it(tmp_path: Path, now: float):
    pair = files(tmp_path, "Ed25519")
    first = add_key(pair, now - 3600)
    with pytest.raises(CommandFailed, match="is in use"):
        _destroy(TOKEN, pair, first.kid)

    second = add_key(pair, now - LEARNING - 60)
    with pytest.raises(CommandFailed, match="may still be in use until"):
        _destroy(TOKEN, pair, first.kid)
    with pytest.raises(CommandFailed, match="no such key"):
        _destroy(TOKEN, pair, "0123456789abcdef")
    assert len(list_keys(pair, now)) == 2

    keys = json.loads(pair.public.read_text())["keys"]
    keys[1]["nbf"] -= 1800
    pair.public.write_text(json.dumps({"keys": keys}))
    _destroy(TOKEN, pair, first.kid)

    assert [key.kid for key in list_keys(pair, now)] == [second.kid]
    with pytest.raises(KeyUnknown):
        KeyFile(pair.private).by_id(first.kid)


def test_a_key_is_kept_for_the_mails_nobody_asked_for_too(monkeypatch: pytest.MonkeyPatch, portals_folder: Path):
    monkeypatch.setenv("GUICHET_PORTALS", str(portals_folder))
    assert SEAL.needed_for() == max(portal.policy.tell_within for portal in load_portals(portals_folder))
