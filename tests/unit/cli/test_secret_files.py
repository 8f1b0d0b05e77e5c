"""`guichet secrets init`: made once, each reader in a folder of its own, and shown to nobody."""

import json
from pathlib import Path

import pytest

from deploy.cli.faults import CommandFailed
from deploy.cli.secret_files import init, renew
from deploy.secret_files import FOLDERS, SERVICES, make_secrets


def contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_the_second_time_finds_nothing_to_do(tmp_path: Path):
    made = make_secrets(tmp_path)
    first = contents(tmp_path)
    assert sorted(made) == sorted(first)

    assert make_secrets(tmp_path) == []
    assert contents(tmp_path) == first


def test_what_is_made_is_named_and_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    init(tmp_path)
    printed = capsys.readouterr().out
    assert "auth/database-url" in printed
    assert [name for name, text in contents(tmp_path).items() if text.strip() in printed] == []


def test_only_their_owner_reads_them_but_postgresqls(tmp_path: Path):
    make_secrets(tmp_path)
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in contents(tmp_path)}
    assert {name for name, mode in modes.items() if mode != 0o600} == {"postgres/password", "postgres/roles.sql"}
    assert {folder.name for folder in tmp_path.iterdir()} == set(FOLDERS)


def test_private_keys_are_with_their_owner_alone(tmp_path: Path):
    make_secrets(tmp_path)
    private = {name for name, text in contents(tmp_path).items() if '"d"' in text}
    assert private == {"auth/token-keys.json", "notifier/seal-keys.json"}
    for name in ("seal-keys.json", "token-keys.json"):
        (public,) = json.loads((tmp_path / "public" / name).read_text())["keys"]
        owner = "auth" if name.startswith("token") else "notifier"
        (private_half,) = json.loads((tmp_path / owner / name).read_text())["keys"]
        assert public["kid"] == private_half["kid"]


def test_a_service_is_told_the_runtime_roles_password_and_the_operator_the_owners(tmp_path: Path):
    make_secrets(tmp_path, postgres="db.example.org:5433")
    for service in SERVICES:
        runtime = (tmp_path / service / "database-url").read_text()
        owner = (tmp_path / "operator" / f"{service}-url").read_text()
        assert runtime.startswith(f"postgresql://guichet_{service}:")
        assert owner.startswith(f"postgresql://guichet_{service}_owner:")
        assert runtime.endswith(f"@db.example.org:5433/guichet_{service}")


def test_a_part_that_is_missing_is_named_and_nothing_made_anew(tmp_path: Path):
    make_secrets(tmp_path)
    (tmp_path / "contracts" / "kafka-password").unlink()
    left = contents(tmp_path)

    with pytest.raises(CommandFailed, match="contracts/kafka-password"):
        make_secrets(tmp_path)
    assert contents(tmp_path) == left


def test_renewed_passwords_differ_wherever_they_stand_and_nothing_else_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    make_secrets(tmp_path)
    before, modes = contents(tmp_path), {file: file.stat().st_mode for file in tmp_path.rglob("*")}
    renew(tmp_path, "auth")
    after, printed = contents(tmp_path), capsys.readouterr().out

    renewed = {name for name in after if after[name] != before[name]}
    assert renewed == {
        "auth/database-url",
        "auth/kafka-password",
        "kafka/auth.properties",
        "operator/auth-url",
        "postgres/roles.sql",
    }
    assert {line.removeprefix(f"renewed {tmp_path}/") for line in printed.splitlines()} == renewed
    assert {file: file.stat().st_mode for file in tmp_path.rglob("*")} == modes
    for url in (after["auth/database-url"], after["operator/auth-url"]):
        role, password = url.removeprefix("postgresql://").partition("@")[0].split(":")
        assert f"create role {role} login password '{password}';" in after["postgres/roles.sql"]
        assert password not in "".join(before.values())
    assert after["kafka/auth.properties"].strip().endswith(f"password={after['auth/kafka-password']}")


def test_the_operators_renewed_password_is_kafkas(tmp_path: Path):
    make_secrets(tmp_path)
    before = contents(tmp_path)
    renew(tmp_path, "operator")
    after = contents(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {
        "kafka/operator.properties",
        "operator/kafka-password",
    }
