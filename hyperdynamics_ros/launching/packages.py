"""Where a ROS 2 package's shared files and executables are: in a checkout, from pip, or on a ROS 2 machine."""

from __future__ import annotations

import configparser
import os
import sys
from importlib import metadata
from pathlib import Path

PACKAGE = "hyperdynamics"
"""Name of our ROS 2 package."""


def checkout() -> Path | None:
    """Root of the source tree this file runs from; None when it was installed."""
    root = Path(__file__).parents[2]
    return root if (root / "package.xml").is_file() and (root / "launch").is_dir() else None


def prefixes() -> list[Path]:
    """Folders packages are installed under: AMENT_PREFIX_PATH, then this interpreter's own."""
    listed = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    return [Path(entry) for entry in listed if entry] + [Path(sys.prefix)]


def package_prefix(package: str) -> Path:
    """Folder a package is installed under.

    Raises:
        ValueError: no such package.
    """
    for prefix in prefixes():
        if (prefix / "share" / "ament_index" / "resource_index" / "packages" / package).is_file():
            return prefix
    for prefix in prefixes():
        if (prefix / "share" / package).is_dir():
            return prefix
    searched = ", ".join(str(prefix) for prefix in prefixes())
    raise ValueError(f"package {package!r} was not found under {searched}; install it or source its workspace")


def package_share(package: str) -> Path:
    """Folder of a package's shared files; our own checkout comes before an installed copy.

    Raises:
        ValueError: no such package.
    """
    root = checkout()
    if package == PACKAGE and root is not None:
        return root
    return package_prefix(package) / "share" / package


def executable_command(package: str, executable: str) -> list[str]:
    """Command that starts an executable of a package.

    Raises:
        ValueError: no such package or executable.
    """
    entry = _checkout_entry(package, executable)
    if entry is None:
        for prefix in prefixes():
            file = prefix / "lib" / package / executable
            if file.is_file() and os.access(file, os.X_OK):
                return [str(file)]
        entry = _installed_entry(package, executable)
    if entry is None:
        raise ValueError(f"package {package!r} has no executable {executable!r}{_others(package)}")
    return entry_command(entry)


def entry_command(entry: str) -> list[str]:
    """Command for a Python entry point ``module:function``, by this interpreter."""
    module, _, function = entry.partition(":")
    code = f"import sys; from {module} import {function}; sys.exit({function}())"
    return [sys.executable, "-c", code]


def _checkout_entry(package: str, executable: str) -> str | None:
    root = checkout()
    if package != PACKAGE or root is None:
        return None
    return _listed(root / "cmake" / "nodes.cfg").get(executable)


def _listed(file: Path) -> dict[str, str]:
    """Entry points that a setup.cfg-like file lists."""
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.read(file)
    text = parser.get("options.entry_points", "console_scripts", fallback="")
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): entry.strip() for name, _, entry in pairs}


def _installed_entry(package: str, executable: str) -> str | None:
    try:
        entries = metadata.distribution(package).entry_points
    except metadata.PackageNotFoundError:
        return None
    return next((entry.value for entry in entries if entry.name == executable), None)


def _others(package: str) -> str:
    """What there is instead, for the error."""
    names = {file.name for prefix in prefixes() for file in (prefix / "lib" / package).glob("*") if file.is_file()}
    root = checkout()
    if package == PACKAGE and root is not None:
        names |= set(_listed(root / "cmake" / "nodes.cfg"))
    return f"; it has {', '.join(sorted(names))}" if names else ""
