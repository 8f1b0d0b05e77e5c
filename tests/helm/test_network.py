"""Who reaches whom in a cluster: by the Ingress as the routes say, and otherwise only whom a role needs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from deploy.routes import ROUTES, load_routes
from tests.helm.chart import (
    DEPLOYMENTS,
    EVERYTHING,
    LEAST,
    MINIMUM,
    ROLES,
    Object,
    of_kind,
    of_the_image,
    pods,
    rendered,
    selects,
    values_of,
)

IMAGE = of_the_image()
HTTP, ADMIN = int(IMAGE["GUICHET_HTTP_PORT"]), int(IMAGE["GUICHET_ADMIN_PORT"])
DNS, POSTGRESQL, KAFKA, SMTP, TRACES = {53, 5353}, {5432, 6432}, {9094, 9095}, {587}, {4318}
REACHES = {  # of the values `everything`; an API needs no Kafka, for its facts go by the outbox
    "api": DNS | POSTGRESQL | TRACES,
    "relay": DNS | POSTGRESQL | KAFKA | TRACES,
    "consumer": DNS | POSTGRESQL | KAFKA | TRACES,
    "deliverer": DNS | POSTGRESQL | SMTP | TRACES,
    "migrate": DNS | POSTGRESQL,
    "topics": DNS | KAFKA,
}
GUARDED = pytest.mark.parametrize("values", [MINIMUM, EVERYTHING])


def ports(rules: list[Object]) -> set[Any]:
    return {port["port"] for rule in rules for port in rule["ports"]}


@GUARDED
def test_whatever_is_not_allowed_is_denied_to_every_pod(values: str) -> None:
    (deny,) = [one["spec"] for one in of_kind(values, "NetworkPolicy") if "app.kubernetes.io/component" not in str(one)]
    assert deny.keys() == {"podSelector", "policyTypes"}
    assert deny["policyTypes"] == ["Ingress", "Egress"]
    assert [pod.name for pod in pods(values) if not selects(deny["podSelector"], pod.labels)] == []


@GUARDED
def test_every_pod_has_a_policy_of_its_own(values: str) -> None:
    policies = [
        one["spec"] for one in of_kind(values, "NetworkPolicy") if "component" in str(one["spec"]["podSelector"])
    ]
    for pod in pods(values):
        (own,) = [policy for policy in policies if selects(policy["podSelector"], pod.labels)]
        assert own["policyTypes"] == ["Ingress", "Egress"]


def test_a_pod_reaches_whom_its_role_needs() -> None:
    given = values_of(EVERYTHING)["networkPolicy"]
    peers = {port: given[name]["to"] for name in ("dns", "postgresql", "smtp") for port in given[name]["ports"]}
    peers |= dict.fromkeys(KAFKA, given["kafka"]["to"]) | dict.fromkeys(TRACES, given["tracing"]["to"])
    for component, egress in egress_rules(EVERYTHING):
        assert ports(egress) == REACHES[component], component
        assert [rule for rule in egress for port in rule["ports"] if rule["to"] != peers[port["port"]]] == []


def test_a_broker_s_port_is_that_of_its_address() -> None:
    reached = {component: ports(egress) for component, egress in egress_rules(MINIMUM)}
    assert reached["topics"] == {53, 9092}
    assert reached["deliverer"] == {53, 5432, 465, 587}


@GUARDED
def test_a_pod_is_reached_by_the_ingress_controller_and_by_who_watches(values: str) -> None:
    given = values_of(values)["networkPolicy"]
    watching = given.get("monitoring") or [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    ]
    admin = {"ports": [{"port": ADMIN, "protocol": "TCP"}], "from": watching}
    http = {"ports": [{"port": HTTP, "protocol": "TCP"}], "from": given["ingressController"]}
    for policy in of_kind(values, "NetworkPolicy"):
        component = policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component")
        expected = [http, admin] if component == "api" else [admin]
        assert policy["spec"].get("ingress", []) == (expected if "guichet/service" in str(policy["spec"]) else [])


def egress_rules(values: str) -> Iterator[tuple[str, list[Object]]]:
    for policy in of_kind(values, "NetworkPolicy"):
        if component := policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component"):
            yield component, policy["spec"]["egress"]


def test_every_deployment_outlives_the_maintenance_of_a_node() -> None:
    budgets = [one["spec"] for one in of_kind(MINIMUM, "PodDisruptionBudget")]
    for pod in pods(MINIMUM, "Deployment"):
        (budget,) = [one for one in budgets if selects(one["selector"], pod.labels)]
        assert budget["maxUnavailable"] == 1


def scaled_by_cpu(values: str) -> set[str]:
    return {one["spec"]["scaleTargetRef"]["name"] for one in of_kind(values, "HorizontalPodAutoscaler")}


def replicas(values: str) -> Mapping[str, int | None]:
    return {one["metadata"]["name"]: one["spec"].get("replicas") for one in of_kind(values, "Deployment")}


def test_a_number_of_pods_is_said_in_one_place() -> None:
    apis = {f"guichet-{service}-api" for service in ROLES}
    assert scaled_by_cpu(MINIMUM) == apis
    assert replicas(MINIMUM) == {name: None if name in apis else 2 for name in DEPLOYMENTS}
    assert scaled_by_cpu(LEAST) == set()
    assert replicas(LEAST) == dict.fromkeys(DEPLOYMENTS, 1)
    told = {"guichet-auth-relay": 0}
    assert replicas(EVERYTHING) == {**dict.fromkeys(DEPLOYMENTS), **told}
    assert scaled_by_cpu(EVERYTHING) == {*DEPLOYMENTS} - {*told, "guichet-notifier-deliverer"}


def test_a_service_leads_to_the_pods_it_is_named_after() -> None:
    services = {one["metadata"]["name"]: one["spec"] for one in of_kind(MINIMUM, "Service")}
    assert services.keys() == {name for service in ROLES for name in (f"guichet-{service}-api", f"guichet-{service}")}
    for name, spec in services.items():
        reached = {pod.name for pod in pods(MINIMUM) if spec["selector"].items() <= pod.labels.items()}
        if name.endswith("-api"):
            assert reached == {name}
            assert [port["targetPort"] for port in spec["ports"]] == ["http"]
        else:
            assert reached == {f"{name}-{role}" for role in ROLES[name.removeprefix("guichet-")]}
            assert (spec["clusterIP"], spec["publishNotReadyAddresses"]) == ("None", True)
            assert [port["targetPort"] for port in spec["ports"]] == ["admin"]


@GUARDED
def test_an_ingress_leads_where_the_routes_say(values: str) -> None:
    """Whatever path is asked for: those of the routes, beside them, below them, and those nobody may see."""
    hosts, routes = values_of(values)["hosts"], load_routes()
    by_host = {host: "portal" for names in hosts["portals"].values() for host in names} | {hosts["desk"]: "desk"}
    entries = {
        rule["host"]: rule["http"]["paths"] for one in of_kind(values, "Ingress") for rule in one["spec"]["rules"]
    }
    assert entries.keys() == by_host.keys()
    for host, kind in by_host.items():
        for path in asked(list(hosts["portals"])):
            if (service := routes.service(kind, path)) in ROLES:  # else the path names nobody: a 404, whoever says it
                backend = {"name": f"guichet-{service}-api", "port": {"name": "http"}}
                assert led_to(entries[host], path) == backend, f"{host}{path}"


def test_certificates_and_annotations_are_of_the_hosts_they_are_given_for() -> None:
    given = values_of(EVERYTHING)
    hosts = {"portals": [host for _, names in sorted(given["hosts"]["portals"].items()) for host in names]}
    hosts["desk"] = [given["hosts"]["desk"]]
    ingresses = {one["metadata"]["name"].removeprefix("guichet-"): one for one in of_kind(EVERYTHING, "Ingress")}
    assert ingresses.keys() == hosts.keys()
    for name, ingress in ingresses.items():
        entrance = given["ingress"][name]
        assert ingress["metadata"]["annotations"] == entrance["annotations"]
        assert ingress["spec"]["tls"] == [{"secretName": entrance["tlsSecret"], "hosts": hosts[name]}]
        assert ingress["spec"]["ingressClassName"] == "traefik"


def asked(portals: list[str]) -> Iterator[str]:
    yield from ("/", "/metrics", "/livez", "/readyz", "/sign-in", "/api/v1/me", "/api/v1/portals/nobody")
    for written in re.findall(r'path: "([^"]+)"', ROUTES.read_text("utf-8")):
        for service in ROLES:
            for portal in portals:
                path = written.removesuffix("/**").replace("{service}", service).replace("{portal}", portal)
                yield from (f"{path}{more}" for more in ("", "/", "/x", "/x/y.json", "x") if path or more[:1] == "/")


def led_to(entries: list[Object], path: str) -> Object:
    """As Kubernetes defines it: an exact path first, then the longest that is a prefix by whole segments."""
    for entry in entries:
        if entry["pathType"] == "Exact" and entry["path"] == path:
            return entry["backend"]["service"]
    below = [entry for entry in entries if entry["pathType"] == "Prefix" and f"{path}/".startswith(f"{entry['path']}/")]
    below += [entry for entry in entries if entry["path"] == "/"]
    return max(below, key=lambda entry: len(entry["path"]))["backend"]["service"]


def test_nothing_leads_to_the_admin_ports() -> None:
    assert [one["spec"].get("type") for one in of_kind(EVERYTHING, "Service") if one["spec"].get("type")] == []
    backends = re.findall(r"'service': \{'name': '([^']+)'", str(rendered(EVERYTHING)))
    assert set(backends) == {f"guichet-{service}-api" for service in ROLES}
