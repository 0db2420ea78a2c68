"""Builds the ROS interfaces against the ROS 2 wheels of the running Python, once for every state of their files.

The result is a staged install prefix, `build/interfaces-<digest>/`, with `lib/`, `include/` and `share/` as below a ROS
prefix. The digest covers everything that changes the result, so an unchanged tree never builds twice. Standard library
only: `setup.py` imports this module inside pip's isolated build environment.

    python scripts/interfaces.py           build if needed, print the staged folder
    python scripts/interfaces.py --digest  print the digest alone
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENERATOR = "ros-rosidl-generator-py"
PACKAGE_XML = "package.xml"  # of this only the version changes the build: the rest is copied as it stands
LOG_LINES = 30


class InterfaceBuildError(RuntimeError):
    """The interfaces could not be built; the message names the step, its last lines and the remedy."""


def interface_files(root: Path = ROOT) -> list[Path]:
    """Returns every interface file below `root`, sorted by folder and name."""
    return [path for kind in ("msg", "srv", "action") for path in sorted((root / kind).glob(f"*.{kind}"))]


def digest(root: Path = ROOT) -> str:
    """Returns 12 hex digits over all that the built interfaces depend on: files, Python and generator version."""
    state = hashlib.sha256()
    recipe = [root / name for name in ("CMakeLists.txt", "cmake/ros_wheels.cmake")]
    for path in interface_files(root) + recipe:
        content = path.read_bytes()
        state.update(f"{path.relative_to(root)} {len(content)}\n".encode())
        state.update(content)
    state.update(re.sub(r"(?s).*<version>(.*?)</version>.*", r"\1", (root / PACKAGE_XML).read_text()).encode())
    generator = importlib.metadata.version(GENERATOR)
    state.update(f"{sys.implementation.cache_tag} {platform.machine()} {generator}".encode())
    return state.hexdigest()[:12]


def ros_prefix() -> Path:
    """Returns the prefix that the ROS 2 wheels were installed into: a virtual environment or pip's build overlay."""
    site_packages = Path(str(importlib.metadata.distribution(GENERATOR).locate_file(""))).resolve()
    return site_packages.parents[2]


def staged_python_folder(stage: Path) -> Path:
    """Returns the folder of `stage` that holds the generated Python package `hyperdynamics`."""
    return stage / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _build_environment(prefix: Path) -> dict[str, str]:
    """The wheels' own programs, libraries and packages, whatever ROS the shell has set up."""
    environment = dict(os.environ)
    libraries = [str(prefix / "lib"), *map(str, prefix.glob("lib/python*/site-packages/ros_*.libs"))]
    environment["LD_LIBRARY_PATH"] = os.pathsep.join([*libraries, os.environ.get("LD_LIBRARY_PATH", "")]).rstrip(":")
    environment["PATH"] = os.pathsep.join([str(prefix / "bin"), os.environ.get("PATH", os.defpath)])
    environment["AMENT_PREFIX_PATH"] = str(prefix)
    return environment


def _run(step: str, command: list[str], environment: dict[str, str]) -> None:
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        tail = "\n".join(result.stdout.splitlines()[-LOG_LINES:])
        raise InterfaceBuildError(
            f"{step} the interfaces failed with exit code {result.returncode}:\n{tail}\n"
            "Check that a C and a C++ compiler and Python's headers are installed (Debian, Ubuntu: build-essential, "
            "python3-dev) and that the versions of requirements/lock.txt are the installed ones (make setup)."
        )


def _drop_workspace_files(stage: Path) -> None:
    """Removes what only a sourced workspace reads, and what names folders of this machine."""
    shutil.rmtree(stage / "share" / "ament_index" / "resource_index" / "parent_prefix_path")
    package = stage / "share" / "hyperdynamics"
    shutil.rmtree(package / "environment")
    for path in (package / "package.dsv", *package.glob("local_setup.*")):
        path.unlink()


def _build_into(stage: Path, work: Path, root: Path) -> None:
    """Configures, compiles and installs into `stage`, using `work` for everything in between."""
    prefix = ros_prefix()
    environment = _build_environment(prefix)
    cmake = shutil.which("cmake", path=environment["PATH"]) or "cmake"
    settings = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_INSTALL_PREFIX": stage,
        "CMAKE_PREFIX_PATH": prefix,
        "CMAKE_PROJECT_INCLUDE": root / "cmake" / "ros_wheels.cmake",
        "HYPERDYNAMICS_INTERFACES_ONLY": "ON",
        "BUILD_TESTING": "OFF",
        "Python3_EXECUTABLE": sys.executable,
    }
    defines = [f"-D{name}={value}" for name, value in settings.items()]
    _run("Configuring", [cmake, "-S", str(root), "-B", str(work), "-G", "Ninja", *defines], environment)
    _run("Compiling", [cmake, "--build", str(work), "--parallel", str(os.cpu_count() or 1)], environment)
    _run("Staging", [cmake, "--install", str(work), "--strip"], environment)
    _drop_workspace_files(stage)
    for cache in staged_python_folder(stage).rglob("__pycache__"):
        shutil.rmtree(cache)


def build(root: Path = ROOT) -> Path:
    """Returns the staged interfaces of `root`, building them where this state of the files was not built before.

    Raises InterfaceBuildError when a step fails. Safe against a kill and against a second build at the same time: the
    staged folder appears under its final name only when it is complete.
    """
    stage = root / "build" / f"interfaces-{digest(root)}"
    if not stage.is_dir():
        _build_anew(stage, root)
    shutil.copy(root / PACKAGE_XML, stage / "share" / "hyperdynamics" / PACKAGE_XML)
    return stage


def _build_anew(stage: Path, root: Path) -> None:
    """Builds beside `stage` and renames at the end."""
    stage.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="interfaces-", dir=stage.parent) as scratch:
        partial = Path(scratch) / "stage"
        _build_into(partial, Path(scratch) / "work", root)
        try:
            partial.rename(stage)
        except OSError:
            if not stage.is_dir():  # otherwise another build was faster: its result is the same
                raise


def main() -> int:
    """Builds from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Builds the ROS interfaces against the ROS 2 wheels.")
    parser.add_argument("--digest", action="store_true", help="print the digest of the interfaces and stop")
    if parser.parse_args().digest:
        print(digest())
        return 0
    try:
        print(build())
    except (InterfaceBuildError, importlib.metadata.PackageNotFoundError) as error:
        print(f"interfaces: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
