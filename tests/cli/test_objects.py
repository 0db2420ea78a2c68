"""The list and the picture of the objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.cli.conftest import Run


def test_list_and_picture(hyperdynamics: Run, tmp_path: Path) -> None:
    ended = hyperdynamics("objects", "--split", "novel", "--json", "o.json", "--picture", "new/o.png")
    assert ended.returncode == 0, ended.stderr
    rows = json.loads((tmp_path / "o.json").read_text())["objects"]
    assert len(rows) == 7 and {row["split"] for row in rows} == {"novel"}
    assert all(4.0 <= max(row["size_cm"]) <= 12.1 for row in rows)
    assert np.asarray(Image.open(tmp_path / "new" / "o.png")).std() > 10
