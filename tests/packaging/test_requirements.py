"""The lock file, pyproject.toml and the documented list of dependencies say the same."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

tomllib = pytest.importorskip("tomllib", reason="Python 3.11 or newer reads TOML")

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
LOCK = [
    Requirement(line)
    for line in (ROOT / "requirements" / "lock.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def applies(requirement: Requirement, python: str) -> bool:
    environment = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


def pins(requirements: list[Requirement], python: str) -> dict[str, str]:
    """Returns the one exact version of each requirement that applies to `python`."""
    found: dict[str, str] = {}
    for requirement in (one for one in requirements if applies(one, python)):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not an exact version"
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} stands twice for Python {python}"
        found[name] = specifier.version
    return found


def declared() -> list[Requirement]:
    project = PROJECT["project"]
    development = project["optional-dependencies"]["dev"]
    texts = [*project["dependencies"], *PROJECT["build-system"]["requires"], *development]
    return [Requirement(text) for text in dict.fromkeys(texts)]


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_holds_what_the_project_asks_for(python: str) -> None:
    locked = pins(LOCK, python)
    unlocked = {name: version for name, version in pins(declared(), python).items() if locked.get(name) != version}
    assert unlocked == {}, "run scripts/lock.py"


def test_this_environment_is_the_locked_one() -> None:
    locked = pins(LOCK, f"{sys.version_info.major}.{sys.version_info.minor}")
    installed = {name: version(name).split("+")[0] for name in locked}
    assert installed == locked, "run make setup"


def test_lock_names_no_host() -> None:
    text = (ROOT / "requirements" / "lock.txt").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", text)


def test_every_dependency_is_explained() -> None:
    documented = {}
    for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines():
        row = re.match(r"\| `([^`]+)` \| ([^|]+) \| (.{15,}) \|$", line)
        if row:
            documented[canonicalize_name(row[1])] = row[2].strip()
    wanted: dict[str, list[str]] = {}
    for requirement in declared():
        wanted.setdefault(canonicalize_name(requirement.name), []).append(str(requirement.specifier)[2:])
    expected = {name: " / ".join(versions) for name, versions in wanted.items()}
    assert documented == expected
