"""What it costs a service to know by an access token who calls: it asks nobody."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, at_most, percentile
from deploy.key_files import make_keys
from shared.access_tokens import Caller, issue_token, verify_token
from shared.ids import new_id
from shared.keys import KeyFile

PORTAL = "ecocito"
MANY = 1_000  # tokens, each of another person: nothing is known from the one before


async def measure(*, quick: bool) -> list[Figure]:
    rounds = 1 if quick else 20
    with TemporaryDirectory(prefix="guichet-bench-") as folder:
        made = make_keys(Path(folder) / "keys")
        private, public = KeyFile(made.token_private), KeyFile(made.token_public)
        tokens = [_token(private) for _ in range(MANY)]
        verify_token(public, tokens[0], audience=PORTAL)
        took = []
        for _ in range(rounds):
            for token in tokens:
                begun = time.perf_counter()
                verify_token(public, token, audience=PORTAL)
                took.append((time.perf_counter() - begun) * 1000)
    return [
        Figure("verifying an access token, p50", percentile(took, 50), "ms", at_most(0.15)),
        Figure("the same, p99", percentile(took, 99), "ms"),
    ]


def _token(keys: KeyFile) -> str:
    person = Caller("customer", str(new_id()), frozenset({PORTAL}), frozenset({"account"}), datetime.now(UTC))
    return issue_token(keys, person, audience=PORTAL, lifetime=timedelta(minutes=10)).get_secret_value()
