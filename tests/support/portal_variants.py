"""The delivered portals, and beside them one that differs in a line of its profile for each thing a test needs."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.portals import DELIVERED

BASE = "egec"
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "neutral": {"policy": {"unknown_name": "neutral"}},
    "hardened": {"policy": {"password": {"former": "valid_until_used"}}},
    "hasty": {"policy": {"deliver_within": "3 s"}},
    "tireless": {"limits": {"activations_per_name": "100000 in 1 h"}},
    "unchanging": {"policy": {"own_changes": []}},
    "wary": {"limits": {"failed_sign_ins_per_name": "5 in 1 h"}},
}


def make_portals(folder: Path) -> Path:
    shutil.copytree(DELIVERED, folder)
    for name, differs in VARIANTS.items():
        profile = {"extends": f"../{BASE}", "hosts": [f"{name}.localhost"], **differs}
        (folder / name).mkdir()
        (folder / name / "portal.yaml").write_text(json.dumps(profile))
    return folder
