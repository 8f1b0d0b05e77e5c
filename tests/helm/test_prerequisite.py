"""Where Helm comes from, and what is said where it cannot come."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.helm import VERSION, find_helm


def ask_for_helm(path: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path), "XDG_CACHE_HOME": str(cache)}
    command = (sys.executable, "-m", "deploy.local.prerequisites", "helm")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def program(file: Path, says: str) -> None:
    file.write_text(f"#!/bin/sh\necho {says}\n")
    file.chmod(0o755)


def test_without_go_it_says_what_to_install(tmp_path: Path) -> None:
    asked = ask_for_helm(tmp_path, tmp_path / "cache")
    assert asked.returncode == 1
    (line,) = asked.stderr.splitlines()
    assert "install Helm 4, or Go 1.26" in line


def test_what_go_says_is_told(tmp_path: Path) -> None:
    program(tmp_path / "go", "no such version >&2; exit 1")
    asked = ask_for_helm(tmp_path, tmp_path / "cache")
    assert asked.returncode == 1
    assert "no such version" in asked.stderr
    assert list((tmp_path / "cache" / "guichet").iterdir()) == []


def test_it_is_built_once(tmp_path: Path) -> None:
    program(tmp_path / "go", 'built > "$GOBIN/helm"')
    for _ in range(2):
        asked = ask_for_helm(tmp_path, tmp_path / "cache")
        assert asked.returncode == 0, asked.stderr
        (tmp_path / "go").unlink(missing_ok=True)
    assert [file.name for file in (tmp_path / "cache" / "guichet").iterdir()] == [f"helm-{VERSION}"]


def test_the_one_on_the_path_is_taken_where_it_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    program(tmp_path / "helm", "v3.22.0")
    assert find_helm() is None
    program(tmp_path / "helm", "v4.2.0+g1234567")
    assert find_helm() == tmp_path / "helm"
