"""Writes requirements/lock.txt: the exact version of every package, for every Python version that is supported.

    python scripts/lock.py python3.10 python3.11 python3.12 python3.13

Each interpreter resolves pyproject.toml's requirements (run, build and development) by itself, without installing
anything; the answers are merged into one file in which a line carries a marker where the Python versions differ.
Packages that only the CUDA build of PyTorch asks for are left out: the lock describes the CPU build.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("lock: run this script with Python 3.11 or newer, which can read TOML")

import tomllib

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
CUDA_ONLY = re.compile(r"^(nvidia-|cuda-|triton$)")
HEADER = """\
# Exact versions of every package, written by scripts/lock.py from pyproject.toml; do not edit.
# Python {versions}, Linux x86-64, PyTorch's CPU build.
"""


def requirements() -> list[str]:
    """Returns every requirement of pyproject.toml: to run, to build and to develop."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    development = project["project"]["optional-dependencies"]["dev"]
    return [*project["project"]["dependencies"], *project["build-system"]["requires"], *development]


def normalise(name: str) -> str:
    """Returns `name` as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(interpreter: str, wanted: list[str]) -> tuple[str, dict[str, str]]:
    """Returns the Python version of `interpreter` and the exact version of every package it would install."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([interpreter, "-m", "venv", f"{scratch}/venv"], check=True)
        pip = [f"{scratch}/venv/bin/python", "-m", "pip"]
        subprocess.run([*pip, "install", "--quiet", "--upgrade", "pip"], check=True)
        report = Path(scratch) / "report.json"
        options = ["install", "--quiet", "--dry-run", "--ignore-installed", "--report", str(report)]
        subprocess.run([*pip, *options, *wanted], check=True)
        answer = json.loads(report.read_text())
    packages = {item["metadata"]["name"]: item["metadata"]["version"] for item in answer["install"]}
    pins = {normalise(name): version.split("+")[0] for name, version in packages.items()}
    kept = {name: version for name, version in pins.items() if not CUDA_ONLY.match(name)}
    return answer["environment"]["python_version"], kept


def merge(resolved: dict[str, dict[str, str]]) -> list[str]:
    """Returns the lines of the lock file from one `{package: version}` for every Python version."""
    lines = []
    for name in sorted(set().union(*resolved.values())):
        pythons: dict[str, list[str]] = {}
        for python, pins in resolved.items():
            if name in pins:
                pythons.setdefault(pins[name], []).append(python)
        for version, found in pythons.items():
            marker = " or ".join(f"python_version == '{python}'" for python in found)
            lines.append(f"{name}=={version}" + ("" if len(found) == len(resolved) else f" ; {marker}"))
    return lines


def main() -> None:
    """Resolves for every interpreter named on the command line and replaces the lock file."""
    parser = argparse.ArgumentParser(description="Writes requirements/lock.txt.")
    parser.add_argument("interpreters", nargs="+", help="one Python for every supported version, such as python3.11")
    wanted = requirements()
    resolved: dict[str, dict[str, str]] = {}
    for interpreter in parser.parse_args().interpreters:
        print(f"Resolving for {interpreter} ...", flush=True)
        python, pins = resolve(interpreter, wanted)
        resolved[python] = pins
    lines = merge(resolved)
    LOCK.write_text(HEADER.format(versions=", ".join(resolved)) + "\n".join(lines) + "\n")
    print(f"{LOCK.relative_to(ROOT)}: {len(lines)} lines for Python {', '.join(resolved)}")


if __name__ == "__main__":
    main()
