"""The demo itself, on the trained models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from tests.cli.conftest import ROOT

MODELS = [ROOT / "models" / name for name in ("push-hyperdynamics", "push-perception")]
needs_models = pytest.mark.skipif(
    not all(model.is_dir() for model in MODELS), reason="the trained models are not in this checkout"
)


def start(out: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hyperdynamics_cli.main", "demo", "--out", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)


def nodes_of(out: Path) -> list[int]:
    """Process numbers of the nodes, from the runner's log."""
    lines = (out / "log" / "launch.log").read_text().splitlines()
    return [int(line.rsplit(" ", 1)[1]) for line in lines if "started, process" in line]


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@needs_models
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_one_goal_leaves_everything(tmp_path: Path) -> None:
    process = start(tmp_path, "--goals", "1")
    said, _ = process.communicate(timeout=360)
    assert process.returncode == 0, said
    assert "push  1" in said and "goal 1 of 1: mug/05" in said
    result = json.loads((tmp_path / "summary.json").read_text())
    assert result["success_rate"] in (0.0, 1.0) and result["goals"][0]["object"] == "mug/05"
    assert result["goals"][0]["pushes"] and result["planning_ms_p95"] > 0
    assert Image.open(tmp_path / "summary.png").width > 1000
    frames, _ = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "demo.mp4"))
    assert frames > 40
    assert not any(running(pid) for pid in nodes_of(tmp_path))


@needs_models
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_node_that_dies_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo.mp4").write_text("of an earlier run")
    process = start(tmp_path, "--goals", "1", "--no-video")
    assert process.stdout is not None
    while "push  2" not in (line := process.stdout.readline()):
        assert line, "the demo ended before its second push"
    log = (tmp_path / "log" / "launch.log").read_text()
    hypernetwork = next(line for line in log.splitlines() if line.startswith("hypernetwork"))
    os.kill(int(hypernetwork.rsplit(" ", 1)[1]), signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "hypernetwork-4 was ended by SIGKILL" in said and "0 of 1 goals sent and answered" in said
    result = json.loads((tmp_path / "summary.json").read_text())
    assert result["success_rate"] is None and (result["answered"], result["asked"]) == (0, 1)
    assert "hypernetwork-4" in result["failure"]
    assert not (tmp_path / "demo.mp4").exists() and (tmp_path / "previous" / "demo.mp4").exists()
    assert not any(running(pid) for pid in nodes_of(tmp_path))
