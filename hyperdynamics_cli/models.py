"""Where checkpoints are: as given, or in the package's share folder."""

from __future__ import annotations

from pathlib import Path

from hyperdynamics_cli.errors import UserError


def find_model(given: Path | str) -> Path:
    """A checkpoint folder as given, or below the checkout or the installed share folder.

    Raises:
        UserError: there is none.
    """
    from hyperdynamics_ros.environment import share_folder

    folder = Path(given).expanduser()
    if folder.is_dir():
        return folder
    shared = share_folder() / folder
    if shared.is_dir():
        return shared
    places = f"neither in {folder.absolute()} nor in {shared}" if folder.absolute() != shared else f"in {shared}"
    raise UserError(f"there is no model {places}; name another folder, or train one: docs/cli.md says how")
