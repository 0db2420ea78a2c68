"""JSON results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json


def test_everything_becomes_plain_json(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    values = {
        "nan": float("nan"),
        "pair": (1, 2.5),
        "array": np.array([1.0, np.inf]),
        "path": Path("x"),
        "n": np.int64(3),
    }
    write_json(file, values)
    assert json.loads(file.read_text()) == {"nan": None, "pair": [1, 2.5], "array": [1.0, None], "path": "x", "n": 3}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    write_json(None, {})


def test_checked_before_the_work(tmp_path: Path) -> None:
    check_writable(None)
    check_writable(tmp_path / "new" / "a.json")
    assert (tmp_path / "new").is_dir()
    with pytest.raises(UserError, match="is a folder"):
        check_writable(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be made"):
        check_writable(tmp_path / "file" / "a.json")
