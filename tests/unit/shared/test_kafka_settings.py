"""What the settings make every Kafka client do."""

import ssl
from pathlib import Path

import certifi
from pydantic import SecretStr

from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings

CA = Path(certifi.where())


def test_without_a_user_and_a_ca_nothing_is_encrypted_and_nobody_named():
    connection = KafkaSettings("one:9092,two:9092").connection()

    assert connection["bootstrap_servers"] == ["one:9092", "two:9092"]
    assert connection["security_protocol"] == "PLAINTEXT"
    assert connection["ssl_context"] is None
    assert "sasl_mechanism" not in connection


def test_a_user_signs_in_by_scram_and_a_ca_means_tls_that_checks_the_name():
    connection = KafkaSettings("one:9092", "auth", SecretStr("a secret"), CA).connection()

    assert connection["security_protocol"] == "SASL_SSL"
    assert connection["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (connection["sasl_plain_username"], connection["sasl_plain_password"]) == ("auth", "a secret")
    assert connection["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert connection["ssl_context"].check_hostname


def test_the_password_is_not_shown():
    assert "a secret" not in repr(KafkaSettings("one:9092", "auth", SecretStr("a secret")))


def test_a_prefix_goes_before_topics_and_groups():
    kafka = KafkaSettings("one:9092", prefix="test.")

    assert kafka.topic(Topic.ACCOUNTS) == "test.guichet.accounts"
    assert kafka.group("notifier") == "test.notifier"
