"""scripts/lock.py merges the answers of several Python versions into one file."""

from __future__ import annotations

import pytest

pytest.importorskip("tomllib", reason="the script itself needs Python 3.11 or newer")
lock = pytest.importorskip("scripts.lock")


def test_same_version_everywhere_has_no_marker() -> None:
    assert lock.merge({"3.10": {"numpy": "2.0"}, "3.11": {"numpy": "2.0"}}) == ["numpy==2.0"]


def test_different_versions_carry_markers() -> None:
    lines = lock.merge({"3.10": {"numpy": "2.0"}, "3.11": {"numpy": "2.4"}, "3.12": {"numpy": "2.4"}})
    assert lines == [
        "numpy==2.0 ; python_version == '3.10'",
        "numpy==2.4 ; python_version == '3.11' or python_version == '3.12'",
    ]


def test_package_of_one_python_alone() -> None:
    lines = lock.merge({"3.10": {"six": "1.17", "zipp": "4"}, "3.11": {"zipp": "4"}})
    assert lines == ["six==1.17 ; python_version == '3.10'", "zipp==4"]


@pytest.mark.parametrize(("name", "left_out"), [("nvidia-nccl-cu13", True), ("triton", True), ("torch", False)])
def test_cuda_packages_are_left_out(name: str, left_out: bool) -> None:
    assert bool(lock.CUDA_ONLY.match(name)) is left_out
