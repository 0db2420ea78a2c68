"""Help, errors and exit codes of the command."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hyperdynamics_cli.commands import COMMANDS, find_command, overview
from hyperdynamics_cli.errors import UserError
from hyperdynamics_ros.launching.errors import LaunchError
from tests.cli.conftest import ROOT, Run

LIGHT = """
import sys
from hyperdynamics_cli.main import main
main(["--help"])
print({*sys.modules} & {"torch", "numpy", "tyro", "rclpy"})
"""

LOADING = """
import signal, sys
from hyperdynamics_cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in background inherit that it is ignored
def load(command, rest):
    try:
        signal.raise_signal(signal.%s)
    except BaseException:
        raise ImportError("a library in C has failed") from None
main._run = load
sys.exit(main.main(["objects"]))
"""


def test_help_is_quick_and_light() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert all(" ".join(command.words) in ended.stdout for command in COMMANDS)
    assert ended.stdout.endswith("set()\n")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_help_of_a_group_and_version(hyperdynamics: Run) -> None:
    ended = hyperdynamics("evaluate", "--help")
    assert "evaluate detector" in ended.stdout and "collect" not in ended.stdout
    assert hyperdynamics("--version").stdout.startswith("hyperdynamics 0.")


@pytest.mark.parametrize("words", [command.words for command in COMMANDS], ids=" ".join)
def test_help_of_every_command(hyperdynamics: Run, words: tuple[str, ...]) -> None:
    ended = hyperdynamics(*words, "--help")
    assert ended.returncode == 0, ended.stderr
    assert f"usage: hyperdynamics {' '.join(words)}" in ended.stdout
    assert "--json" in ended.stdout
    nothing_random = ("dataset", "join", "objects", "record")
    assert words[0] in nothing_random or "--seed" in ended.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evalute"], "did you mean 'evaluate'"),
        (["evaluate"], "'evaluate' needs one of push, "),
        (["collect", "stones"], "got 'stones'"),
        (["objects", "--nope"], "--nope"),
        (["objects", "--split", "nope"], "Expected one of ('all', 'seen', 'novel'); For full"),
        (["demo", "--camera", "9"], "--camera is 9; it must be 0 to 8"),
        (["demo", "--seed", "-1"], "--seed is -1"),
        (["demo", "--variation", "huge"], "'huge'"),
        (["launch", "push", "seed:=1", "--seed", "2"], "the seed is given twice"),
        (["evaluate", "push", "--model", "/nowhere"], "no model in /nowhere"),
        (["evaluate", "push", "--model", "nowhere"], "/nowhere nor in "),
        (
            ["evaluate", "push", "--method", "xyz"],
            "`scripts/train_push.sh methods`, then give --model runs/paper-xyz-0/model",
        ),
        (["evaluate", "push", "--method", "bogus"], "--method is 'bogus'; it must be one of direct, "),
        (["evaluate", "push", "--seed"], "--seed was given without a number"),
        (["evaluate", "push", "--trials", "0", "--task", "reach"], "--trials 0 must be 1 or more"),
        (["evaluate", "push", "--swap", "--no-interactions"], "--swap and --no-interactions exclude each other"),
        (["evaluate", "push", "--seed", "0", "1"], "--seed 0 1: errors take one"),
        (["evaluate", "push", "--candidates", "9"], "--candidates is for goals: give --task"),
        (["evaluate", "push", "--planning-horizon", "2"], "--planning-horizon is for goals"),
        (["evaluate", "push", "--max-pushes", "9"], "--max-pushes is for goals"),
        (["evaluate", "push", "--task", "reach", "--no-interactions"], "--no-interactions is for errors"),
        (["evaluate", "push", "--task", "reach", "--data", "x"], "--data is for errors, not for goals"),
        (["evaluate", "push", "--json", "/proc/x/y.json"], "cannot be made"),
        (["collect", "push", "--out", "x", "--trajectories", "0"], "trajectories is 0"),
        (["demo", "--goals", "0"], "--goals is 0"),
        (["demo", "--objects", "teapot"], "unknown object 'teapot'"),
        (["launch", "nope"], "'nope' is neither a file"),
        (["launch", "push", "robt:=pybullet"], "did you mean 'robot'"),
        (["launch", "push", "record_video:=x.mp4"], "record_video:=x.mp4 needs goals to be sent; give goal:=random"),
        (["launch", "push", "goals:=3", "goal:=none"], "goals:=3 needs goals to be sent"),
        (["launch", "push", "bag:=x"], "bag:=x needs a recording; give record:=true too"),
        (["launch", "push", "record:=perhaps"], "perhaps"),
        (["record", "--duration", "-1"], "--duration is -1.0; it must be 0 or more seconds"),
        (["record", "--storage", "tape"], "'tape'"),
        (["record", "--json", "/proc/x/y.json"], "cannot be made"),
        (["dataset", "info", "/nowhere"], "/nowhere is no folder; give the folder of a bag"),
        (["dataset", "from-bag", "/nowhere", "--out", "set"], "/nowhere is no folder"),
        (["dataset", "merge", "/nowhere", "/there", "--out", "set"], "/nowhere is no set of episodes"),
        (["dataset", "merge", "/nowhere", "--out", "set"], "merging takes two sets or more, got 1"),
        (["dataset", "split", "/nowhere", "--out", "set"], "/nowhere is no set of episodes"),
        (["dataset", "show", "/nowhere"], "/nowhere is no set of episodes"),
        (["dataset", "validate", "/nowhere"], "/nowhere is no folder"),
        (["dataset", "repair", "/nowhere"], "/nowhere is no folder"),
        (["launch", "push", "robot:=toaster"], "expected one of pybullet, mujoco_cell, external"),
        (["launch", "push", "robot"], "not of the form name:=value"),
    ],
)
def test_user_errors_are_one_line(hyperdynamics: Run, words: list[str], message: str) -> None:
    ended = hyperdynamics(*words)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and ended.stderr.startswith("hyperdynamics: error: ")
    assert message in ended.stderr


def test_debugging_shows_where(hyperdynamics: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERDYNAMICS_DEBUG", "1")
    with pytest.raises(LaunchError):
        hyperdynamics("launch", "nope")


def test_launch_leaves_what_it_did_as_json(hyperdynamics: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_LOG_DIR", str(tmp_path))
    file = tmp_path / "end.launch.xml"
    file.write_text(
        '<launch><arg name="seed"/><executable name="one" cmd="sh -c &quot;echo why; exit $(var seed)&quot;"/></launch>'
    )
    for seed, code in ((0, 0), (3, 1)):
        ended = hyperdynamics("launch", file, "--seed", str(seed), "--json", "l.json")
        assert ended.returncode == code
        result = json.loads((tmp_path / "l.json").read_text())
        assert result["exit_code"] == code and result["arguments"] == {"seed": str(seed)}
        assert result["processes"] == ["one-1"]
    assert result["failure"] == "one-1 died with exit code 3"
    assert ended.stdout.splitlines()[-1] == "[launch] ended because one-1 died with exit code 3; it said last: why"


def test_ctrl_c_ends_with_130(tmp_path: Path) -> None:
    file = tmp_path / "sleep.launch.xml"
    file.write_text('<launch><executable cmd="sleep 60"/></launch>')
    command = [sys.executable, "-m", "hyperdynamics_cli.main", "launch", str(file)]
    env = {**os.environ, "ROS_LOG_DIR": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=env)
    assert process.stdout is not None and process.stderr is not None
    while "started" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_while_libraries_load_is_no_error_of_theirs(name: str, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADING % name], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert ended.returncode == code
    assert ended.stderr == ("hyperdynamics: stopped by Ctrl-C\n" if name == "SIGINT" else "")


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m hyperdynamics_cli.main objects | head -1"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert "mit/rect1" in ended.stdout and "Traceback" not in ended.stderr


def test_demo_alone_is_demo_push() -> None:
    for words in (["demo"], ["demo", "--goals", "3"], ["demo", "push", "--goals", "3"]):
        command, rest = find_command(words)
        assert command.words == ("demo", "push") and rest in ([], ["--goals", "3"])
    with pytest.raises(UserError):
        find_command(["demo", "walk"])
    assert "demo push" in overview()
