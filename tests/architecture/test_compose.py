"""What deploy/compose.yaml stands on agrees with what it was made from."""

from typing import Any

from ruamel.yaml import YAML

from deploy.caddyfile import caddyfile
from deploy.secret_files import FOLDERS, SERVICES
from shared.portals import load_portals
from tests.architecture.source import ROOT

DEPLOY = ROOT / "deploy"
ROLES = {"auth": {"api", "relay", "consumer"}, "contracts": {"api", "relay", "consumer"}}
ROLES["notifier"] = {"api", "relay", "consumer", "deliverer"}


def compose() -> Any:
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text())


def test_the_caddyfile_is_the_one_the_routes_make() -> None:
    assert (DEPLOY / "compose" / "Caddyfile").read_text() == caddyfile(), "python -m deploy.caddyfile makes it anew"


def test_every_delivered_portal_has_its_address() -> None:
    delivered = {portal.name for portal in load_portals(DEPLOY / "portals")} - {"default"}
    addresses = {portal.name: portal.url for portal in load_portals(DEPLOY / "compose" / "portals")}
    assert addresses == {name: f"http://{name}.localhost:8000" for name in delivered}


def test_every_role_of_every_service_has_its_container() -> None:
    commands = {name: one.get("command", []) for name, one in compose()["services"].items()}
    for service in SERVICES:
        for role in ROLES[service]:
            assert commands[f"{service}-{role}"] == ["run", service, "--role", role]


def test_every_reader_of_secrets_has_its_volume_and_the_image_a_place_for_it() -> None:
    mounted = [volume.partition(":")[2] for volume in compose()["services"]["secrets"]["volumes"]]
    assert sorted(mounted) == sorted(f"/secrets/{folder}" for folder in FOLDERS)
    (line,) = [line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if "mkdir -m 700" in line]
    assert set(FOLDERS) <= set(line.split())
