"""The portal the benchmarks' customers belong to, as it is delivered: no limit is raised, no check left out."""

from pathlib import Path

PORTALS = Path(__file__).parents[1] / "deploy" / "portals"
PORTAL = "egec"
HOST = "egec.localhost"
