"""Commands take each setting from the environment, or from the file it names."""

from pathlib import Path

import pytest

from deploy.cli.faults import CommandFailed
from deploy.cli.surroundings import kafka_settings, setting
from shared.settings import SettingsFaults


@pytest.fixture(autouse=True)
def nothing_runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUICHET_DATA", str(tmp_path / "none"))


def test_a_setting_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "url").write_text("postgresql://in.a.file/guichet\n")
    monkeypatch.setenv("GUICHET_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert setting("auth", "GUICHET_DATABASE_URL") == "postgresql://in.a.file/guichet"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUICHET_DATABASE_URL_FILE", "/nowhere")
    with pytest.raises(CommandFailed, match="GUICHET_DATABASE_URL_FILE"):
        setting("auth", "GUICHET_DATABASE_URL")


def test_what_is_not_said_anywhere_is_named():
    with pytest.raises(CommandFailed, match="GUICHET_KAFKA_SERVERS is not set"):
        kafka_settings()


def test_the_brokers_password_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "password").write_text("canary\n")
    monkeypatch.setenv("GUICHET_KAFKA_SERVERS", "127.0.0.1:9")
    monkeypatch.setenv("GUICHET_KAFKA_USERNAME", "auth")
    with pytest.raises(SettingsFaults, match="GUICHET_KAFKA_PASSWORD"):
        kafka_settings()
    monkeypatch.setenv("GUICHET_KAFKA_PASSWORD_FILE", str(tmp_path / "password"))
    password = kafka_settings().password
    assert password is not None
    assert password.get_secret_value() == "canary"
