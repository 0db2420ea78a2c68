"""What joining and parting sets have in common, whatever they hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.data.array_folder import DataFolderError

TRAIN, HELD_OUT = "train", "held-out"
"""Names of a parting's two folders."""


def draw_parts(count: int, share: float, seed: int) -> dict[str, list[int]]:
    """Indices of ``count`` things drawn at random for ``HELD_OUT`` and ``TRAIN``: at least one each.

    Raises:
        ValueError: a share outside of 0 to 1.
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"the share to hold out must lie between 0 and 1, got {share}")
    held = min(max(1, round(share * count)), count - 1)
    order = np.random.default_rng(seed).permutation(count).tolist()
    return {HELD_OUT: sorted(order[:held]), TRAIN: sorted(order[held:])}


def require_empty(out: Path) -> None:
    """Raise DataFolderError unless a folder is absent or empty."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataFolderError(f"{out} exists and is not an empty folder; give one that is to be made")


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Names of the settings that two sets do not share, in words; empty: they share all."""
    return ", ".join(sorted(key for key in {*first, *second} if first.get(key) != second.get(key)))


def require_different(folders: dict[str, Path], fingerprint: str, folder: Path, what: str) -> None:
    """Note a set by its fingerprint. Raises DataFolderError where the same one was noted before."""
    if fingerprint in folders:
        raise DataFolderError(
            f"{folder} holds the same {what} as {folders[fingerprint]}; name each once, or they count twice"
        )
    folders[fingerprint] = folder
