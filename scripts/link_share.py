"""Links launch/, config/ and models/ of the checkout into share/hyperdynamics of the running virtual environment.

An editable install runs the checkout's Python files; with these links it sees the checkout's launch files,
configurations and models as well, through the same folder as a real install.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("launch", "config", "models")


def link(share: Path, root: Path = ROOT) -> list[Path]:
    """Makes `share/<folder>` a link to `root/<folder>` for each data folder; returns the links.

    Raises FileExistsError where a real folder stands in the way, such as one of a normal `pip install .`.
    """
    share.mkdir(parents=True, exist_ok=True)
    links = []
    for folder in FOLDERS:
        target = share / folder
        if target.is_symlink():
            target.unlink()
        elif target.exists():
            raise FileExistsError(
                f"{target} is a real folder, but an editable install links it: run `pip uninstall hyperdynamics` and "
                f"delete it, then run `make setup` again"
            )
        target.symlink_to(root / folder, target_is_directory=True)
        links.append(target)
    return links


if __name__ == "__main__":
    try:
        link(Path(sys.prefix) / "share" / "hyperdynamics")
    except FileExistsError as error:
        sys.exit(f"link_share: {error}")
