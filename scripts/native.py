"""Builds the library of native kernels, once for every state of its sources, and puts it beside them.

It is built in `build/native-<digest>/`; pip packs it from there (setup.py), and a checkout, whose Python files run
where they are, gets a copy. Standard library only: `setup.py` imports this module in pip's isolated build environment.

    python scripts/native.py  build if needed, put it into the checkout, print where
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = Path("hyperdynamics_core/native")
LIBRARY = "libhyperdynamics_native.so"
KINDS = (".cpp", ".h", ".inl", ".txt")
LOG_LINES = 30


class NativeBuildError(RuntimeError):
    """The library could not be built; the message names the step, its last lines and the remedy."""


def digest(root: Path = ROOT) -> str:
    """Returns 12 hex digits over all that the library depends on: its sources and the machine."""
    state = hashlib.sha256(platform.machine().encode())
    for path in sorted((root / SOURCES).iterdir()):
        if path.suffix in KINDS:
            content = path.read_bytes()
            state.update(f"{path.name} {len(content)}\n".encode())
            state.update(content)
    return state.hexdigest()[:12]


def build(root: Path = ROOT) -> Path:
    """Returns the library of `root`'s sources, building it where this state of them was not built before.

    Raises NativeBuildError when a step fails. Safe against a kill and against a second build at the same time: the
    library appears under its final name only when it is complete.
    """
    library = root / "build" / f"native-{digest(root)}" / LIBRARY
    if not library.is_file():
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="native-", dir=root / "build") as work:
            _compile(root / SOURCES, Path(work))
            (Path(work) / LIBRARY).replace(library)
    return library


def place(root: Path = ROOT) -> Path:
    """Builds and puts a copy beside the sources; returns it. Running processes keep the library that they loaded."""
    library, target = build(root), root / SOURCES / LIBRARY
    if not target.is_file() or not filecmp.cmp(library, target, shallow=False):
        with tempfile.TemporaryDirectory(prefix="native-", dir=root / "build") as scratch:
            shutil.copy(library, Path(scratch) / LIBRARY).replace(target)
    target.touch()  # newer than the sources: scripts/setup.sh looks at the dates
    return target


def _compile(sources: Path, work: Path) -> None:
    path = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)])
    cmake = shutil.which("cmake", path=path) or "cmake"
    environment = {**os.environ, "PATH": path}
    configure = [cmake, "-S", str(sources), "-B", str(work), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
    for step, command in (("Configuring", configure), ("Compiling", [cmake, "--build", str(work)])):
        try:
            result = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
        except OSError as error:
            raise NativeBuildError(f"{step} the native kernels failed: {cmake} does not start: {error}") from error
        if result.returncode != 0:
            tail = "\n".join(result.stdout.splitlines()[-LOG_LINES:])
            raise NativeBuildError(
                f"{step} the native kernels failed with exit code {result.returncode}:\n{tail}\n"
                "Check that a C and a C++ compiler are installed (Debian, Ubuntu: build-essential)."
            )


def main() -> int:
    """Builds from the command line; returns the exit status."""
    try:
        print(place())
    except NativeBuildError as error:
        print(f"native: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
