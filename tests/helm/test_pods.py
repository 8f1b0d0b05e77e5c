"""Every pod of the chart: of the restricted profile, with its share of the machine, and asked how it is."""

import re

import pytest

from tests.helm.chart import DEPLOYMENTS, EVERYTHING, LEAST, MINIMUM, ROLES, VALUES, Pod, of_kind, of_the_image, pods

USER = 10001
ENDS_WITHIN = 10  # seconds; docs/containers.md


@pytest.mark.parametrize("values", VALUES)
def test_every_role_of_every_service_is_there(values: str) -> None:
    there = {pod.name: pod.container["args"] for pod in pods(values, "Deployment")}
    roles = {(service, role) for service, roles in ROLES.items() for role in roles}
    assert there == {f"guichet-{service}-{role}": ["run", service, "--role", role] for service, role in roles}


def test_every_service_migrates_and_topics_are_made_before_anything_else() -> None:
    hooks = {one["metadata"]["name"]: one["metadata"]["annotations"] for one in of_kind(MINIMUM, "Job")}
    assert hooks.keys() == {"guichet-topics", *(f"guichet-migrate-{service}" for service in ROLES)}
    assert {hook["helm.sh/hook"] for hook in hooks.values()} == {"pre-install,pre-upgrade"}
    assert list(of_kind(LEAST, "Job")) == []


def test_what_a_job_needs_is_there_before_it() -> None:
    """Helm makes hooks before all else: a job whose account or file were none would wait for it for ever."""
    hooks = {
        (one["kind"], one["metadata"]["name"]): int(one["metadata"]["annotations"]["helm.sh/hook-weight"])
        for one in of_kind(EVERYTHING, "Job", "ServiceAccount", "ConfigMap", "NetworkPolicy")
        if "helm.sh/hook" in one["metadata"].get("annotations", {})
    }
    for job in pods(EVERYTHING, "Job"):
        needs = [("ServiceAccount", job.spec["serviceAccountName"])]
        needs += [("NetworkPolicy", f"guichet-{job.labels['app.kubernetes.io/component']}")]
        named = [volume["configMap"]["name"] for volume in job.volumes.values() if "configMap" in volume]
        needs += [("ConfigMap", name) for name in named if name.startswith("guichet")]
        assert [need for need in needs if hooks[need] >= hooks["Job", job.name]] == []


def test_every_pod_is_of_the_restricted_profile(pod: Pod) -> None:
    security, container = pod.spec["securityContext"], pod.container["securityContext"]
    assert security["runAsNonRoot"] is True
    assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (USER, USER, USER)
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert container["readOnlyRootFilesystem"] is True
    assert not {"initContainers", "hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys()
    assert {kind for volume in pod.spec["volumes"] for kind in volume} <= {"name", "secret", "configMap", "emptyDir"}
    assert all("hostPort" not in port for port in pod.container.get("ports", []))


def test_no_pod_can_speak_to_the_cluster(pod: Pod) -> None:
    """And none is told of other Services: each would be a GUICHET_… that is no setting, and stop the start."""
    assert pod.spec["automountServiceAccountToken"] is False
    assert pod.spec["enableServiceLinks"] is False
    accounts = {one["metadata"]["name"]: one for one in of_kind(pod.values, "ServiceAccount")}
    account = pod.spec["serviceAccountName"]
    assert account == f"guichet-{pod.labels.get('guichet/service', 'operator')}"
    assert accounts[account]["automountServiceAccountToken"] is False


def test_every_container_has_its_share_and_its_room(pod: Pod) -> None:
    for amounts in (pod.container["resources"]["requests"], pod.container["resources"]["limits"]):
        assert amounts.keys() == {"cpu", "memory"}
    assert pod.volumes["/tmp"]["emptyDir"]["sizeLimit"]  # noqa: S108 -- the pod's own


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_service_is_asked_how_it_is_and_has_time_to_end(name: str) -> None:
    (pod,) = [one for one in pods(MINIMUM) if one.name == name]
    probes = {name: pod.container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    live, ready = {"path": "/livez", "port": "admin"}, {"path": "/readyz", "port": "admin"}
    assert probes == {"startup": live, "liveness": live, "readiness": ready}
    image, ports = of_the_image(), {one["name"]: one["containerPort"] for one in pod.container["ports"]}
    assert ports["admin"] == int(image["GUICHET_ADMIN_PORT"])
    assert ports.get("http") == (int(image["GUICHET_HTTP_PORT"]) if pod.name.endswith("-api") else None)
    pause = pod.container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    assert pod.spec["terminationGracePeriodSeconds"] > pause + ENDS_WITHIN
    assert {one["topologyKey"] for one in pod.spec["topologySpreadConstraints"]} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }


@pytest.mark.parametrize("values", VALUES)
def test_the_image_is_never_whatever_came_last(values: str) -> None:
    images = {pod.container["image"] for pod in pods(values)}
    (image,) = images
    assert re.search(r":\d+\.\d+\.\d+$|@sha256:[0-9a-f]{64}$", image)
