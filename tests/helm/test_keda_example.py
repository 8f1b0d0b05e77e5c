"""The example for KEDA, which no test can run: at least it names what there is."""

import re

from ruamel.yaml import YAML

from deploy.monitoring.metrics import list_metrics
from services.notifier.domain.deliveries import State
from tests.helm.chart import CHART, DEPLOYMENTS

EXAMPLE = CHART.with_name("keda.example.yaml")


def test_the_example_scales_deployments_by_metrics_that_exist() -> None:
    metrics = {metric.name: metric for metric in list_metrics()}
    scaled = list(YAML(typ="safe").load_all(EXAMPLE.read_text("utf-8")))
    assert scaled
    for one in scaled:
        assert one["spec"]["scaleTargetRef"]["name"] == one["metadata"]["name"]
        assert one["metadata"]["name"] in DEPLOYMENTS
        (trigger,) = one["spec"]["triggers"]
        (name,) = re.findall(r"guichet_\w+", trigger["metadata"]["query"])
        labels = set(re.findall(r"(\w+)=", trigger["metadata"]["query"])) - {"job"}
        assert labels <= set(metrics[name].labels)
        assert set(re.findall(r'state="(\w+)"', trigger["metadata"]["query"])) <= {state.value for state in State}


def test_the_example_says_how_little_it_was_tried() -> None:
    assert "untried but once by hand" in EXAMPLE.read_text("utf-8").splitlines()[0]
