"""The locomotion demo itself: the real node graph, a short walk with an untrained model."""

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

from hyperdynamics_cli import demo_locomotion
from hyperdynamics_cli.main import main
from hyperdynamics_core.control.walk_goal import WalkCode
from tests.cli.conftest import ROOT, Run
from tests.cli.demo.test_demo_run import nodes_of, running
from tests.cli.walks import recorded_walk, tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "ant", "ant")


def test_a_walk_that_ends_before_its_first_step_says_how(
    hyperdynamics: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recorded_walk("ant-slope", 1)
    recording.result.success, recording.result.steps, recording.result.code = False, 0, WalkCode.STALE_STATE
    recording.result.message, recording.result.distance = "every message on odom was refused: nan", float("nan")
    monkeypatch.setattr(demo_locomotion, "_walk", lambda options, model: (recording, None))
    ended = hyperdynamics("demo", "locomotion", "--model", model, "--no-video", "--out", "o", "--json", "j.json")
    assert ended.returncode == 1
    assert "before its first step with STALE_STATE: every message on odom was refused: nan" in ended.stderr
    figures = json.loads((tmp_path / "j.json").read_text())
    assert figures == json.loads((tmp_path / "o" / "summary.json").read_text())
    assert (figures["code"], figures["steps"], figures["distance"]) == ("STALE_STATE", 0, None)
    assert figures["message"] == recording.result.message


def start(out: Path, model: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hyperdynamics_cli.main", "demo", "locomotion", "--robot", "ant", "--terrain",
               "slope", "--candidates", "20", "--model", str(model), "--out", str(out), *options]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)


@pytest.mark.timeout(300)
def test_a_second_of_walking_leaves_everything(tmp_path: Path, model: Path) -> None:
    process = start(tmp_path, model, "--duration", "1", "--value", "3.9", "--seed", "4", "--json", f"{tmp_path}/j.json")
    said, _ = process.communicate(timeout=280)
    assert process.returncode == 0, said
    assert "rise by 3.90 m" in said and said.count("planning") >= 2 and "deadlines missed" in said
    figures = json.loads((tmp_path / "summary.json").read_text())
    assert figures == json.loads((tmp_path / "j.json").read_text())
    assert figures["steps"] == 50 and figures["seeds"] == [4] and figures["code"] == "SUCCESS"
    assert figures["hidden"][0] == [3.9] and figures["candidates"] == 20 and figures["replay_corrected"] == 0
    assert 0 < figures["planning_ms_p50"] <= figures["planning_ms_p95"] <= figures["planning_ms_p99"]
    assert figures["control_rate"] > 0 and 0 <= figures["missed_deadlines"] <= 50
    assert Image.open(tmp_path / "summary.png").height > 1000
    frames, _ = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "demo.mp4"))
    assert frames == 25 + 25
    assert not any(running(pid) for pid in nodes_of(tmp_path))
    assert figures["return"] == pytest.approx(in_this_process(model, tmp_path), rel=1e-3, abs=0.05)


def in_this_process(model: Path, folder: Path) -> float:
    """Return of the same episode without the graph."""
    words = ["evaluate", "locomotion", "--robot", "ant", "--terrain", "slope", "--value", "3.9", "--seed", "4"]
    words += ["--model", str(model), "--planner", "random_shooting", "--planning.candidates", "20", "--episodes", "1"]
    words += ["--steps", "50"]
    assert main([*words, "--workers", "0", "--json", str(folder / "same.json")]) == 0
    return float(json.loads((folder / "same.json").read_text())["return_mean"])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_node_that_dies_is_named(tmp_path: Path, model: Path) -> None:
    process = start(tmp_path, model, "--duration", "100", "--no-video")
    assert process.stdout is not None
    while "1.0" not in (line := process.stdout.readline()):
        assert line, "the demo ended before it walked"
    log = (tmp_path / "log" / "launch.log").read_text()
    bridge = next(line for line in log.splitlines() if line.startswith("mujoco_bridge"))
    os.kill(int(bridge.rsplit(" ", 1)[1]), signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "mujoco_bridge-1 was ended by SIGKILL" in said
    assert not any(running(pid) for pid in nodes_of(tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ctrl_c_leaves_no_process(tmp_path: Path, model: Path) -> None:
    (tmp_path / "summary.json").write_text("of an earlier run")
    process = start(tmp_path, model, "--duration", "100", "--no-video")
    assert process.stdout is not None
    while "1.0" not in (line := process.stdout.readline()):
        assert line, "the demo ended before it walked"
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in said
    assert not (tmp_path / "summary.json").exists()
    assert not any(running(pid) for pid in nodes_of(tmp_path))
