"""What pyproject.toml cannot say: what is compiled, and that the ROS interfaces go where ROS looks for them.

A wheel carries, beside the Python packages with the native kernels in its place, the generated package `hyperdynamics`
and a ROS prefix: libraries in `lib/`, headers in `include/`, and in `share/hyperdynamics` the interface files, launch
files, configurations, models.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from setuptools import Command, Distribution, setup
from setuptools.command.build import build

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "scripts"))

import interfaces  # noqa: E402  (beside this file, not on the path before)
import native  # noqa: E402

COMMAND = "hyperdynamics"  # the one console script that is no node
DATA_FOLDERS = ("launch", "config", "models")
# pip rewrites the first line of programs in bin/ only, so these find the Python of their own prefix.
EXECUTABLE = """#!/bin/sh
python="$(dirname "$0")/../../bin/python3"
[ -x "$python" ] || python=python3
exec "$python" -c 'import sys; sys.argv[0] = "{name}"; from {module} import main; sys.exit(main())' "$@"
"""


def files_below(folder: Path) -> Iterator[Path]:
    """Yields every file below `folder`, sorted, without Python's caches."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def write_executables(folder: Path, console_scripts: list[str]) -> list[str]:
    """Writes the programs that `ros2 run hyperdynamics <name>` starts; returns their paths relative to ROOT.

    `console_scripts` are pyproject.toml's, as `name = module:main`; all but the command itself are nodes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for script in console_scripts:
        name, target = (part.strip() for part in script.split("="))
        if name != COMMAND:
            program = folder / name
            program.write_text(EXECUTABLE.format(name=name, module=target.removesuffix(":main")))
            program.chmod(0o755)
            written.append(os.path.relpath(program, ROOT))
    return written


class BuildInterfaces(Command):
    """Adds the staged interfaces, the native kernels and the data folders to what setuptools installs."""

    description = "build the ROS interfaces and the native kernels"
    editable_mode = False
    user_options: list[tuple[str, str | None, str]] = []

    def initialize_options(self) -> None:
        """Nothing to set: all comes from `build`."""
        self.build_lib: str | None = None

    def finalize_options(self) -> None:
        """Takes the folder of the wheel's Python packages from `build`."""
        self.set_undefined_options("build", ("build_lib", "build_lib"))

    def run(self) -> None:
        """Builds what is compiled where needed, then hands every file on."""
        self._add_native_kernels()
        stage = interfaces.build(ROOT)
        python_folder = interfaces.staged_python_folder(stage)
        for path in files_below(stage):
            if not path.is_relative_to(python_folder):
                self._add_data(path, path.relative_to(stage).parent)
        self._add_python_package(python_folder)
        console_scripts = self.distribution.entry_points["console_scripts"]
        executables = write_executables(ROOT / "build" / "executables", console_scripts)
        self.distribution.data_files.append(("lib/hyperdynamics", executables))
        if not self.editable_mode:  # an editable install links these folders instead: see scripts/link_share.py
            self._add_data_folders()

    def _add_native_kernels(self) -> None:
        """An editable install runs the checkout's files: the library goes beside them."""
        if self.editable_mode:
            native.place(ROOT)
        else:
            target = Path(str(self.build_lib)) / native.SOURCES / native.LIBRARY
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(native.build(ROOT), target)

    def _add_data(self, path: Path, folder: Path) -> None:
        self.distribution.data_files.append((str(folder), [os.path.relpath(path, ROOT)]))

    def _add_python_package(self, python_folder: Path) -> None:
        """An editable install has no package folder of its own: the generated package goes in as data."""
        package = python_folder / "hyperdynamics"
        site_packages = Path(os.path.relpath(sysconfig.get_path("platlib"), sysconfig.get_path("data")))
        for path in files_below(package):
            relative = path.relative_to(python_folder)
            if self.editable_mode:
                self._add_data(path, site_packages / relative.parent)
            else:
                target = Path(str(self.build_lib)) / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)

    def _add_data_folders(self) -> None:
        for folder in DATA_FOLDERS:
            for path in files_below(ROOT / folder):
                self._add_data(path, Path("share/hyperdynamics") / path.relative_to(ROOT).parent)

    def get_outputs(self) -> list[str]:
        """No outputs that setuptools would have to map in an editable install."""
        return []

    def get_output_mapping(self) -> dict[str, str]:
        """No outputs that setuptools would have to map in an editable install."""
        return {}

    def get_source_files(self) -> list[str]:
        """The interface files belong to a source distribution."""
        return [os.path.relpath(path, ROOT) for path in interfaces.interface_files(ROOT)]


class BuildWithInterfaces(build):
    """`build` with the interfaces first, into an empty folder: setuptools would pack files that are long deleted."""

    sub_commands = [("build_interfaces", None), *build.sub_commands]

    def run(self) -> None:
        """Builds everything anew but the interfaces, which have their own cache."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BinaryDistribution(Distribution):
    """Compiled code inside: the wheel is for one Python and one machine."""

    def has_ext_modules(self) -> bool:
        """Always: the generated interfaces are extension modules that setuptools does not compile itself."""
        return True

    def has_data(self) -> bool:
        """Asked by an editable install, which otherwise leaves data_files out."""
        return bool(self.data_files)


# Metadata in the checkout's root would shadow the installed one for every Python that starts there, and grow old.
EGG_BASE = ROOT / "build"
EGG_BASE.mkdir(exist_ok=True)

setup(
    distclass=BinaryDistribution,
    cmdclass={"build": BuildWithInterfaces, "build_interfaces": BuildInterfaces},
    data_files=[],
    options={"egg_info": {"egg_base": str(EGG_BASE)}},
)
