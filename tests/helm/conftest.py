"""Each pod of the chart, of each set of values: whoever asks for one is asked for all."""

import pytest

from tests.helm.chart import DEPLOYMENTS, EVERYTHING, LEAST, MINIMUM, ROLES, VALUES, Pod, pods

JOBS = ["guichet-topics", *(f"guichet-migrate-{service}" for service in sorted(ROLES))]
MADE = {MINIMUM: [*DEPLOYMENTS, *JOBS], EVERYTHING: [*DEPLOYMENTS, *JOBS], LEAST: DEPLOYMENTS}


@pytest.fixture(params=[(values, name) for values in VALUES for name in MADE[values]], ids="-".join)
def pod(request: pytest.FixtureRequest) -> Pod:
    values, name = request.param
    (found,) = [one for one in pods(values) if one.name == name]
    return found
