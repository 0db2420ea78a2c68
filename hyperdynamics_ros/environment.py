"""What a process needs around it before ROS 2 or PyTorch starts, in one place.

The ROS 2 wheels leave AMENT_PREFIX_PATH unset, which a sourced workspace sets: without it no package is found. Thread
counts must stand before the libraries load: two threads beside other processes make a plan 40 times slower.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

PACKAGE = "hyperdynamics"
_THREADS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
_CHECKOUT = Path(__file__).resolve().parents[1]


def prepare_environment(environment: MutableMapping[str, str] | None = None) -> None:
    """Sets AMENT_PREFIX_PATH and one thread a process where the user has set nothing.

    Call it before rclpy, NumPy or torch is imported. Child processes must be given `environment` whole (`os.environ` by
    default): the ROS 2 wheels pass their library path on through it.
    """
    environment = os.environ if environment is None else environment
    if not environment.get("AMENT_PREFIX_PATH"):
        environment["AMENT_PREFIX_PATH"] = sys.prefix
    for name, value in _THREADS.items():
        environment.setdefault(name, value)


def share_folder() -> Path:
    """Returns the folder that holds `launch/`, `config/` and `models/`: the checkout, or the installed share folder.

    Raises FileNotFoundError when neither exists.
    """
    if (_CHECKOUT / "package.xml").is_file() and (_CHECKOUT / "launch").is_dir():
        return _CHECKOUT
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) + [sys.prefix]
    for prefix in filter(None, prefixes):
        share = Path(prefix) / "share" / PACKAGE
        if share.is_dir():
            return share
    raise FileNotFoundError(
        f"no share/{PACKAGE} below any of {prefixes}: install the package (pip install . or make setup) or source the "
        "workspace it was built in"
    )
