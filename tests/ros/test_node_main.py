"""How a node's process starts, fails and ends; what it tells about itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from diagnostic_msgs.msg import DiagnosticArray

from hyperdynamics_ros.diagnostics import Arrivals, TopicHealth
from hyperdynamics_ros.guard import Guard
from tests.ros.processes import MODULES, running

SLOW_START = """
import time
from hyperdynamics_ros.node_main import run
def make():
    print("starting", flush=True)
    for _ in range(6000):
        time.sleep(0.1)  # a signal that comes right before a sleep begins is looked at after it
run(make, "sleeper")
"""
WHAT_IS_LOADED = """
import importlib, sys
import hyperdynamics_ros.node_main
def look():
    print("loaded", sorted({"numpy", "rclpy", "torch", "mujoco", "pybullet"} & sys.modules.keys()))
    sys.exit()
hyperdynamics_ros.node_main.Signals = look
importlib.import_module(sys.argv[1]).main()
"""
"""Run up to the moment at which a node minds its signals."""
IMPORTS_CATCH_ALL = """
import signal, time
from hyperdynamics_ros.node_main import run
def make():
    print("starting")
    try:
        signal.raise_signal(signal.%s)
        time.sleep(600)
    except BaseException as error:
        raise ImportError("a library in C has failed") from error
run(make, "importer")
"""
"""What numpy and pybind11 do with an exception that comes out of a signal's handler."""
BUG = """
from hyperdynamics_ros.node_main import run
from hyperdynamics_ros.node import CheckedNode
class Buggy(CheckedNode):
    def __init__(self):
        super().__init__("buggy", ())
        self.every(0.05, self.fail)
    def fail(self):
        raise KeyError("surprise")
run(Buggy, "buggy")
"""


def start(script):
    return subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ),
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_node_starts_ends_it_at_once(number):
    process = start(SLOW_START)
    assert process.stdout.readline() == "starting\n"
    began = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=50)
    assert process.returncode == 0 and "Traceback" not in output
    assert time.monotonic() - began < 50


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_no_library_can_turn_a_signal_while_the_node_starts_into_its_failure(name):
    process = start(IMPORTS_CATCH_ALL % name)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and output == "starting\n"


@pytest.mark.parametrize("name", MODULES)
def test_signals_are_minded_before_anything_that_takes_long_is_imported(name):
    command = [sys.executable, "-c", WHAT_IS_LOADED, MODULES[name]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "loaded []\n", done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_libraries_load_ends_a_node_without_a_traceback(number):
    with running("mpc_controller", cold=True) as process:
        maps, until = Path(f"/proc/{process.pid}/maps"), time.monotonic() + 60
        while "libtorch" not in maps.read_text() and time.monotonic() < until:
            time.sleep(0.001)
        process.signal(number)
        assert process.wait() == 0 and "Traceback" not in process.output


def test_a_bug_ends_the_node_with_its_name_and_the_place():
    process = start(BUG)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "buggy ends: KeyError: 'surprise'" in output and "in fail" in output


def test_a_broken_parameter_file_is_named(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("mpc_controller:\n  ros__parameters: [1, 2\n")
    arguments = [
        sys.executable,
        "-m",
        "hyperdynamics_ros.nodes.mpc_controller",
        "--ros-args",
        "--params-file",
        str(file),
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, env=dict(os.environ), timeout=60, check=False)
    assert done.returncode == 1 and "wrong.yaml" in done.stdout + done.stderr


def test_diagnostics_tell_rate_age_jitter_and_refusals(listener, models):
    statuses = listener.collect(DiagnosticArray, "/diagnostics")
    with running("hypernetwork", model=models["method"]):

        def line(name):
            found = [status for message in statuses for status in message.status if status.name == name]
            return {value.key: value.value for value in found[-1].values} if found else None

        values = listener.until(lambda: line("hypernetwork: objects"), "the topic's line")
        assert {"count", "rate_hz", "age_s", "jitter_ms", "accepted", "refused", "last_refusal"} <= set(values)
        assert listener.until(lambda: line("hypernetwork"), "the node's line")["banks"] == "0"


def test_figures_of_a_regular_and_of_a_silent_topic():
    now = [0.0]
    arrivals = Arrivals(lambda: now[0])
    assert arrivals.age == float("inf") and arrivals.figures()["rate_hz"] == 0.0
    for moment in (1.0, 1.1, 1.2, 1.3):
        now[0] = moment
        arrivals.mark()
    figures = arrivals.figures()
    assert figures["rate_hz"] == pytest.approx(10.0) and figures["jitter_ms"] == pytest.approx(0.0, abs=1e-9)
    now[0] = 60.0
    assert arrivals.figures()["rate_hz"] == 0.0 and arrivals.age == pytest.approx(58.7)


def test_a_status_warns_once_about_each_refusal():
    class Log:
        def warning(self, line):
            pass

    guard = Guard("topic", lambda message: None, Log())
    health = TopicHealth("node", "topic", Arrivals(), guard)
    guard.refuse("too long")
    first, second = health.status(), health.status()
    assert first.level > second.level and "too long" in first.message


def test_a_node_that_says_nothing_shows_where_it_is(model, listener):
    """What a failing test prints of its nodes."""
    with running("hypernetwork", model=model) as node:
        listener.until(lambda: ": ready" in node.output, "a node that is up")
        assert "most recent call first" in node.stacks()
        listener.until(lambda: "in spin" in node.output, "the line of its stacks that waits for messages")
        assert node.code is None
