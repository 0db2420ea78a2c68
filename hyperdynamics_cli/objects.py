"""``hyperdynamics objects``: which objects there are, as a list or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """List the 31 objects with their split and size, or draw a picture of them."""

    split: Literal["all", "seen", "novel"] = "all"
    """Which of them."""
    picture: Path | None = None
    """Draw them from above into this PNG file."""
    json: Path | None = None
    """Write the list to this file."""


def run(options: Options) -> int:
    """List or draw."""
    from sim_bridges.pushing.objects import NOVEL, load_object, object_names

    check_writable(options.json)
    rows = []
    for name in object_names(options.split):
        size = 200 * load_object(name).half_extents
        rows.append({"name": name, "split": "novel" if name in NOVEL else "seen", "size_cm": size.round(1)})
        print(f"{name:<12}{rows[-1]['split']:<7}{size[0]:5.1f} x {size[1]:4.1f} x {size[2]:4.1f} cm")
    write_json(options.json, {"objects": rows})
    if options.picture is not None:
        from hyperdynamics_cli.drawing.catalogue import draw_catalogue

        options.picture.parent.mkdir(parents=True, exist_ok=True)
        draw_catalogue([str(row["name"]) for row in rows]).save(options.picture)
        print(f"picture in {options.picture}")
    return 0
