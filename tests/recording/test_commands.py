"""``hyperdynamics record`` and ``hyperdynamics dataset``, and ``record:=true`` in the launch files."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from geometry_msgs.msg import Vector3Stamped
from nav_msgs.msg import Odometry
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import String

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.launching.files import find_launch_file
from hyperdynamics_ros.launching.resolving import resolve
from hyperdynamics_ros.recording.validate import validate
from tests.cli.conftest import hyperdynamics  # noqa: F401 - a fixture
from tests.cli.launches import names, parameters
from tests.recording.reading import by_rosbags, bytes_of
from tests.recording.sending import Sender
from tests.recording.writing import write

COMMAND = [sys.executable, "-m", "hyperdynamics_cli.main"]


def start(*words: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*COMMAND, *map(str, words)], env=dict(os.environ), **pipes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_recorded_until_a_signal(listener, tmp_path, number):
    sender, bag = Sender(listener), tmp_path / "bag"
    process = start("record", "/a", "--regex", "^/b", "--out", bag, "--json", tmp_path / "told.json")
    for topic in ("/a", "/b1", "/c"):
        sender.open(String, topic, heard=topic != "/c")
    for _ in range(100):
        for topic in sender.publishers:
            sender.text(topic)
        listener.spin(0.01)
    sender.flush("/a", "/b1")
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "200 messages" in output and "Traceback" not in errors
    assert validate(bag).problems == []
    found = by_rosbags(bag)
    assert set(found) == {"/a", "/b1"}
    assert all(bytes_of(found, topic) == sender.sent[topic] for topic in found)
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["messages"] == 200 and told["failure"] is None and told["bag"] == str(bag)
    assert told["topics"]["/a"]["messages"] == 100 and told["topics"]["/a"]["lost"] == 0


def test_recorded_for_a_time_in_another_format(listener, tmp_path):
    process = start("record", "--duration", 2, "--storage", "sqlite3", "--out", tmp_path / "bag")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert [path.name for path in (tmp_path / "bag").glob("*.db3")] == ["bag_0.db3"] and "bag in " in output
    assert validate(tmp_path / "bag").problems == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "/proc/bag"], "bag /proc/bag cannot be made"),
        (["--out", "/etc"], "/etc exists and is not empty"),
        (["--regex", "("], "parameter regex is '(': must be a regular expression"),
        (["--max-bag-size", "-1"], "max_bag_size is -1"),
    ],
)
def test_what_a_user_can_mend_is_one_line(words, message):
    process = start("record", *words)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    (line,) = [line for line in errors.splitlines() if line.startswith("hyperdynamics: error: ")]
    assert message in line and "Traceback" not in errors


def test_a_disk_that_fills_up_ends_the_command_with_the_reason(listener, tmp_path):
    sender = Sender(listener)
    process = start("record", "/a", "--out", tmp_path / "bag", "--min-free-space", 0, "--json", tmp_path / "told.json")
    sender.open(String, "/a")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        sender.text("/a")
        listener.spin(0.002)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and "hyperdynamics: error: recording into " in errors
    assert "hyperdynamics dataset repair" in json.loads((tmp_path / "told.json").read_text())["failure"]


def test_a_bag_is_looked_at_checked_and_mended(hyperdynamics, tmp_path):  # noqa: F811
    write(tmp_path / "bag", 200)
    shown = hyperdynamics("dataset", "info", "bag", "--json", "info.json")
    assert shown.returncode == 0 and "200 messages in 0.199 s" in shown.stdout and "502.51 Hz" in shown.stdout
    told = json.loads((tmp_path / "info.json").read_text())
    assert told["topics"]["/a"] == {"type": "std_msgs/msg/String", "messages": 100, "rate": pytest.approx(502.5, 0.01)}
    assert hyperdynamics("dataset", "validate", "bag").returncode == 0

    (tmp_path / "bag" / "metadata.yaml").unlink()
    file = tmp_path / "bag" / "bag_0.mcap"
    file.write_bytes(file.read_bytes()[:30_000])
    assert "its recording was cut off" in hyperdynamics("dataset", "info", "bag").stdout
    checked = hyperdynamics("dataset", "validate", "bag", "--json", "found.json")
    assert checked.returncode == 1 and "problem: metadata.yaml is missing" in checked.stdout
    assert "problem: bag_0.mcap: ends in the middle of a record" in checked.stdout
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found["problems"]) == 3 and 0 < found["messages"] < 200

    mended = hyperdynamics("dataset", "repair", "bag", "--json", "did.json")
    assert mended.returncode == 0 and f"repaired: {found['messages']} messages in bag" in mended.stdout
    did = json.loads((tmp_path / "did.json").read_text())
    assert did["rewritten"] == ["bag_0.mcap"] and did["messages"] == found["messages"]
    assert hyperdynamics("dataset", "validate", "bag").returncode == 0
    assert "nothing to repair" in hyperdynamics("dataset", "repair", "bag").stdout


@pytest.mark.parametrize("file", ["push", "locomotion"])
def test_the_launch_files_record_when_asked(file, tmp_path):
    assert "recorder" not in names(resolve(find_launch_file(file), {}))
    plans = resolve(find_launch_file(file), {"record": "true", "bag": "bags/one", "storage": "sqlite3"})
    assert names(plans).index("recorder") == 0 and not plans[0].essential and plans[0].screen
    given = parameters(plans[0], tmp_path)
    assert (given["bag"], given["storage"]) == ("bags/one", "sqlite3") and "use_sim_time" not in given
    assert all(plan.essential for plan in plans[1:])


@pytest.mark.timeout(900)
def test_pushes_are_recorded_and_go_on_when_the_recorder_cannot(tmp_path):
    """Two launches: one into a bag, one onto a disk that takes no bag, where the same goal is reached."""
    surroundings = {**os.environ, "ROS_LOG_DIR": str(tmp_path / "log")}
    for bag, code in ((tmp_path / "bag", 0), (Path("/proc/bag"), 1)):
        command = [*COMMAND, "launch", "push", "goal:=random", "record:=true", f"bag:={bag}"]
        ended = subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=400, check=False)
        assert "reached: " in ended.stdout, ended.stdout[-3000:]
        assert ended.returncode == code, ended.stdout[-3000:] + ended.stderr
    assert "recorder-1 died with exit code 1" in ended.stdout and "bag /proc/bag cannot be made" in ended.stdout
    assert validate(tmp_path / "bag").problems == []
    found = by_rosbags(tmp_path / "bag")
    commands, states, images = (
        {stamp_ns(deserialize_message(data, kind).header.stamp) for data in bytes_of(found, topic)}
        for topic, kind in (
            ("/end_effector/displacement", Vector3Stamped),
            ("/object/odom", Odometry),
            ("/camera/color/image_raw", Image),
        )
    )
    # The goal begins as soon as the controller is there, which may be before the recorder has found who tells states.
    heard = {stamp for stamp in commands if stamp >= max(min(states), min(images))}
    assert len(heard) > 5 and heard <= states and heard <= images, "each answers what was recorded"
    assert {"/expert_weights", "/latent_code", "/objects", "/scene", "/clock"} <= set(found)
    assert not {"/spectator/image_raw", "/object/points", "/plan/markers", "/objects/markers"} & set(found)
