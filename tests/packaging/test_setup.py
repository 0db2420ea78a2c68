"""scripts/setup.sh: ends at once when nothing changed, and says what to do when it cannot go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ("requirements", "cmake", "msg", "srv", "action", "scripts")
NATIVE = "hyperdynamics_core/native"
LIBRARY = f"{NATIVE}/libhyperdynamics_native.so"
FILES = ("pyproject.toml", "setup.py", "package.xml", "CMakeLists.txt")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What set-up looks at, with an environment that holds nothing but a Python."""
    for name in INPUTS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / NATIVE, tmp_path / NATIVE, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    (tmp_path / LIBRARY).touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VENV": ".venv", **variables}
    command = [str(checkout / "scripts" / "setup.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def fingerprint(checkout: Path) -> str:
    return run(checkout, "--fingerprint").stdout.strip()


def test_nothing_to_do_when_the_stamp_is_current(checkout: Path) -> None:
    (checkout / ".venv" / "hyperdynamics-setup").write_text(fingerprint(checkout) + "\n")
    result = run(checkout)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not (checkout / "build").exists()


def test_native_rollout_alone_is_built_again_when_its_sources_are_newer(checkout: Path) -> None:
    (checkout / ".venv" / "hyperdynamics-setup").write_text(fingerprint(checkout) + "\n")
    source = checkout / NATIVE / "rollout.cpp"
    source.write_text(source.read_text().replace("a pointer is null", "a pointer points to nothing"))
    os.utime(checkout / LIBRARY, (0, 0))
    result = run(checkout)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0] == "Building the native kernels"
    assert b"a pointer points to nothing" in (checkout / LIBRARY).read_bytes()
    assert run(checkout).stdout == ""


@pytest.mark.parametrize("changed", ["requirements/lock.txt", "msg/LatentCode.msg", "pyproject.toml", "setup.py"])
def test_stamp_covers_what_set_up_depends_on(checkout: Path, changed: str) -> None:
    before = fingerprint(checkout)
    with (checkout / changed).open("a") as file:
        file.write("\n# changed\n")
    assert fingerprint(checkout) != before


def test_stamp_covers_new_and_moved_files(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = fingerprint(checkout)
    (checkout / "msg" / "New.msg").write_text("bool flag\n")
    assert fingerprint(checkout) != before
    (checkout / "msg" / "New.msg").unlink()
    assert fingerprint(checkout) == before
    moved = tmp_path_factory.mktemp("elsewhere") / "checkout"
    shutil.copytree(checkout, moved, symlinks=True)
    assert fingerprint(moved) != before, "an editable install names the folder of the checkout"


def test_other_files_leave_the_stamp_alone(checkout: Path) -> None:
    before = fingerprint(checkout)
    (checkout / "hyperdynamics_core" / "new.py").write_text("pass\n")
    assert fingerprint(checkout) == before


def test_unsuitable_python_is_refused_with_a_remedy(checkout: Path) -> None:
    result = run(checkout, PYTHON="/bin/false")
    assert result.returncode == 1
    assert "no Python from 3.10 to 3.13 was found under the name /bin/false" in result.stderr
    assert "What to do:" in result.stderr
    assert not (checkout / ".venv" / "hyperdynamics-setup").exists()


def test_environment_with_a_foreign_python_is_refused(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/bin/false")
    result = run(checkout, PYTHON=sys.executable)
    assert result.returncode == 1
    assert ".venv does not run a Python of version 3.10 to 3.13" in result.stderr
    assert "rm -r .venv" in result.stderr
