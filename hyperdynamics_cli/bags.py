"""What the commands about one recorded bag share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class BagOptions:
    """Options of a command about one bag."""

    bag: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="BAG")]
    """Folder of the bag."""
    json: Path | None = None
    """Write what was found and done to this file."""
