"""Settings: every fault at once, secrets from files, nothing unknown."""

from pathlib import Path

import certifi
import pytest
import structlog
from structlog.testing import capture_logs

from shared.settings import ServiceSettings, SettingsFaults, load

WELL = {
    "GUICHET_DATABASE_URL": "postgresql://u:canary@127.0.0.1/x",
    "GUICHET_KAFKA_SERVERS": "127.0.0.1:9092",
    "GUICHET_PORTALS": "deploy/portals",
    "PATH": "/bin",
}


def test_every_fault_is_listed_at_once():
    """A name nobody knows, a file that cannot be read, a wrong value, and what is missing: one line each."""
    faulty = {
        "GUICHET_DATABSE_URL": "x",
        "GUICHET_KAFKA_SERVERS_FILE": "/nowhere",
        "GUICHET_HTTP_PORT": "eighty",
        "GUICHET_LOG_FORMAT": "json",
        "GUICHET_LOG_FORMAT_FILE": "/nowhere",
    }
    with pytest.raises(SettingsFaults) as raised:
        load(ServiceSettings, faulty)
    assert sorted(fault.partition(":")[0] for fault in raised.value.faults) == [
        "GUICHET_DATABASE_URL",
        "GUICHET_DATABSE_URL",
        "GUICHET_HTTP_PORT",
        "GUICHET_KAFKA_SERVERS_FILE",
        "GUICHET_LOG_FORMAT and GUICHET_LOG_FORMAT_FILE",
        "GUICHET_PORTALS",
    ]


def test_a_wrong_value_is_named_and_not_quoted():
    with pytest.raises(SettingsFaults) as raised:
        load(ServiceSettings, {**WELL, "GUICHET_DATABASE_URL": "canary://secret"})
    assert "GUICHET_DATABASE_URL" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "wrong", ["", ",", "kafka", "kafka:", "kafka:x", "kafka:0", "kafka:65536", "a:1 b:2", "http://kafka:9092"]
)
def test_brokers_that_cannot_be_are_refused_at_the_start(wrong: str):
    with pytest.raises(SettingsFaults, match=r"GUICHET_KAFKA_SERVERS: .* host:port"):
        load(ServiceSettings, {**WELL, "GUICHET_KAFKA_SERVERS": wrong})


def test_brokers_may_be_several_and_of_any_kind_of_address():
    given = "kafka-0.example.org:9093, [2001:db8::1]:9093,10.0.0.1:9092"
    settings = load(ServiceSettings, {**WELL, "GUICHET_KAFKA_SERVERS": given})
    assert settings.kafka.connection()["bootstrap_servers"] == [one.strip() for one in given.split(",")]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("KAFKA_PREFIX", "trial/"),
        ("KAFKA_CA", "/nowhere/ca.crt"),
        ("KAFKA_CA", __file__),
        ("HTTP_PORT", "65536"),
        ("ADMIN_PORT", "-1"),
        ("DESK_HOST", "https://desk.example.org"),
    ],
)
def test_what_could_only_fail_later_is_refused_at_the_start(name: str, wrong: str):
    with pytest.raises(SettingsFaults, match=f"^GUICHET_{name}: "):
        load(ServiceSettings, {**WELL, f"GUICHET_{name}": wrong})


def test_a_secret_may_come_from_a_file_and_does_not_print(tmp_path: Path):
    (tmp_path / "password").write_text("canary\n")
    given = {"GUICHET_KAFKA_USERNAME": "auth", "GUICHET_KAFKA_PASSWORD_FILE": str(tmp_path / "password")}
    settings = load(ServiceSettings, {**WELL, **given})
    assert settings.kafka_password is not None
    assert settings.kafka_password.get_secret_value() == "canary"
    assert "canary" not in repr(settings.kafka_password)


def test_a_value_and_a_file_for_it_are_one_too_many(tmp_path: Path):
    (tmp_path / "servers").write_text("127.0.0.1:9092")
    with pytest.raises(SettingsFaults) as raised:
        load(ServiceSettings, {**WELL, "GUICHET_KAFKA_SERVERS_FILE": str(tmp_path / "servers")})
    [fault] = raised.value.faults
    assert fault.startswith("GUICHET_KAFKA_SERVERS and GUICHET_KAFKA_SERVERS_FILE:")


@pytest.mark.parametrize("alone", ["GUICHET_KAFKA_USERNAME", "GUICHET_KAFKA_PASSWORD"])
def test_a_user_of_kafka_has_a_name_and_a_password(alone: str):
    with pytest.raises(SettingsFaults) as raised:
        load(ServiceSettings, {**WELL, alone: "canary"})
    [fault] = raised.value.faults
    assert "GUICHET_KAFKA_USERNAME" in fault
    assert "GUICHET_KAFKA_PASSWORD" in fault
    assert "canary" not in fault


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        ({}, []),
        ({"GUICHET_KAFKA_USERNAME": "auth", "GUICHET_KAFKA_PASSWORD": "x"}, ["kafka.not_encrypted"]),
        ({"GUICHET_KAFKA_USERNAME": "auth", "GUICHET_KAFKA_PASSWORD": "x", "GUICHET_KAFKA_CA": certifi.where()}, []),
    ],
)
def test_a_user_of_kafka_without_encryption_is_warned_of(
    more: dict[str, str], warned: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.settings.log", structlog.get_logger())  # one that no service has bound before
    with capture_logs() as logged:
        load(ServiceSettings, {**WELL, **more}).log_doubts()
    assert [entry["event"] for entry in logged] == warned


def test_settings_print_no_password():
    settings = load(ServiceSettings, WELL)
    assert "canary" in str(settings.database_url.get_secret_value())
    assert "canary" not in repr(settings)


def test_the_environment_of_others_is_left_alone():
    assert load(ServiceSettings, WELL).log_format == "json"
