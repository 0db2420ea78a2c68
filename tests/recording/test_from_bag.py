"""Episodes out of bags: a walk of the simulator, recorded as a driver would tell it, comes back as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rclpy.serialization import serialize_message

from hyperdynamics_core.data.episodes import EpisodeSet, join_sets
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.conversions.commands import stamped_numbers
from hyperdynamics_ros.conversions.legged import joint_state_message, odometry_message
from hyperdynamics_ros.legged_bags import LeggedBagConfig, LeggedBagCounts, legged_episodes
from hyperdynamics_ros.recording.bag_writer import BagWriter, WriterSettings
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.storage import Message
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.walking import random_episode
from sim_bridges.locomotion.world import LeggedWorld
from tests.recording.writing import topic

START = 50_000_000_000
TOPICS = {
    "/joint_states": "sensor_msgs/msg/JointState",
    "/odom": "nav_msgs/msg/Odometry",
    "/effort_controller/commands": "std_msgs/msg/Float64MultiArray",
}


def walked(name: str, steps: int = 60):
    task = task_named(name)
    spec = draw_episode(task, "seen", np.random.default_rng(3))
    return random_episode(LeggedWorld(task), spec, torch.Generator().manual_seed(0), steps, 1.0, 0.5).episode


def told(robot: str, episode, start: int = START) -> list[tuple[int, str, bytes]]:
    """(stamp, topic, data) as the bridge says them: state, then the command that answers it."""
    system, made = LEGGED[robot], []
    limits, step = np.array(system.max_torques), round(1e9 * system.dt)
    for index, state in enumerate(episode.states.astype(np.float64)):
        stamp = start + index * step
        torques = episode.actions[index - 1] * limits if index else np.zeros(len(limits))
        made.append((stamp, "/odom", serialize_message(odometry_message(system, state, stamp))))
        made.append((stamp, "/joint_states", serialize_message(joint_state_message(system, state, torques, stamp))))
        if index < len(episode.actions):
            command = stamped_numbers(episode.actions[index] * limits, stamp)
            made.append((stamp, "/effort_controller/commands", serialize_message(command)))
    return made


def written(bag: Path, told: list[tuple[int, str, bytes]], storage: str = "mcap") -> Path:
    writer = BagWriter(bag, WriterSettings(storage=storage, min_free_space=0))
    for name, kind in TOPICS.items():
        writer.add_topic(topic(name, kind))
    for number, (stamp, name, data) in enumerate(told):
        writer.write(Message(name, stamp + 1000 + number, stamp, 0, data))
    writer.close()
    return bag


def read(bags: list[Path], robot: str, **changes):
    counts = LeggedBagCounts()
    found = list(legged_episodes(bags, LEGGED[robot], LeggedBagConfig(**changes), counts))
    return found, counts


@pytest.mark.parametrize(("robot", "terrain"), [("cheetah", "pier"), ("ant", "slope")])
@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
@pytest.mark.parametrize("source", ["effort", "command"])
def test_a_walk_comes_back_as_it_was(tmp_path, robot, terrain, storage, source):
    episode = walked(f"{robot}-{terrain}")
    bag = written(tmp_path / "bag", told(robot, episode), storage)
    (found,), counts = read([bag], robot, action_source=source)
    np.testing.assert_allclose(found.states, episode.states, atol=2e-5)
    np.testing.assert_allclose(found.actions, episode.actions, atol=1e-6)
    np.testing.assert_allclose(found.rewards.sum(), episode.rewards.sum(), rtol=1e-3, atol=1e-2)
    assert (counts.episodes, counts.steps, counts.gaps, counts.reordered, counts.repeated) == (1, 60, 0, 0, 0)


def test_disorder_and_repetition_change_nothing_and_are_counted(tmp_path):
    episode = walked("cheetah-pier")
    messages = told("cheetah", episode)
    states = [index for index, each in enumerate(messages) if each[1] == "/joint_states"]
    late = list(messages)
    late.insert(states[20] + 9, late.pop(states[20]))
    late.insert(states[40] + 1, messages[states[40]])
    (found,), counts = read([written(tmp_path / "bag", late)], "cheetah")
    np.testing.assert_allclose(found.states, episode.states, atol=2e-5)
    assert counts.reordered == 1 and counts.repeated == 1


def test_a_gap_a_reset_and_a_clock_set_back_begin_other_episodes(tmp_path):
    episode = walked("cheetah-pier", 130)
    messages = told("cheetah", episode)
    lost = START + 50 * 10_000_000
    gap = [each for each in messages if not lost <= each[0] < lost + 30_000_000]
    found, counts = read([written(tmp_path / "gap", gap)], "cheetah")
    assert [len(each.actions) for each in found] == [49, 77] and counts.gaps == 1
    reset = messages + told("cheetah", walked("cheetah-pier", 45), START + 20_000_000_000)
    found, _ = read([written(tmp_path / "reset", reset)], "cheetah")
    assert [len(each.actions) for each in found] == [130, 45]
    back = messages + told("cheetah", walked("cheetah-pier", 45), START)
    found, counts = read([written(tmp_path / "back", back)], "cheetah")
    assert [len(each.actions) for each in found] == [130, 45] and counts.repeated == 0
    found, counts = read([written(tmp_path / "short", gap)], "cheetah", least_steps=60)
    assert [len(each.actions) for each in found] == [77] and counts.short == 1


def test_broken_messages_are_refused_and_said(tmp_path):
    episode = walked("cheetah-pier", 100)
    messages = told("cheetah", episode)
    broken = episode.states[30].astype(np.float64)
    broken[5] = np.nan
    stamp = START + 30 * 10_000_000
    place = next(i for i, each in enumerate(messages) if each[:2] == (stamp, "/joint_states"))
    data = serialize_message(joint_state_message(LEGGED["cheetah"], broken, np.zeros(6), stamp))
    messages[place] = (stamp, "/joint_states", data)
    found, counts = read([written(tmp_path / "bag", messages)], "cheetah", least_steps=20)
    assert counts.refused["/joint_states"] == 1 and "finite" in counts.reasons["/joint_states"]
    assert [len(each.actions) for each in found] == [29, 69]


def test_a_bag_of_something_else_is_refused(tmp_path):
    bag = written(tmp_path / "bag", told("cheetah", walked("cheetah-pier", 45)))
    with pytest.raises(BagError, match="holds nothing on /arm/joints and /odometry"):
        read([bag], "cheetah", joint_states="/arm/joints", odom="/odometry")
    found, counts = read([bag], "ant")
    assert not found and counts.refused["/joint_states"] == 46
    with pytest.raises(ValueError, match="effort or command"):
        replace(LeggedBagConfig(), action_source="guess")


def command(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hyperdynamics_cli.main", *map(str, words)], cwd=cwd, text=True,
                          capture_output=True, timeout=300)  # fmt: skip


def test_the_command_makes_a_set_that_methods_learn_from(tmp_path):
    bags = []
    for number in range(10):
        episode = walked("cheetah-pier", 80)
        bags.append(written(tmp_path / f"bag{number}", told("cheetah", episode, START + number)))
    made = command("dataset", "from-bag", *bags, "--robot", "cheetah", "--out", "set", "--identity", "cheetah-7",
                   "--json", "counts.json", cwd=tmp_path)  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "10 episodes, 800 steps" in made.stdout
    counts = json.loads((tmp_path / "counts.json").read_text())
    assert counts["trials"] == 10 and counts["messages"]["/odom"] == 810
    data = EpisodeSet.open(tmp_path / "set", LEGGED["cheetah"])
    assert len(join_sets([data])) == 10 and data.physics == {"robot": "cheetah-7"}
    again = command("dataset", "from-bag", bags[0], "--robot", "cheetah", "--out", "set", cwd=tmp_path)
    assert again.returncode == 2 and "is not an empty folder" in again.stderr
    trained = command("train", "dynamics", "--data", "set", "--methods", "hyperdynamics", "global", "--seeds", "0",
                      "--fit.updates", "10", "--fit.validate-every", "5", "--out", "run", cwd=tmp_path)  # fmt: skip
    assert trained.returncode == 0, trained.stderr
    figures = json.loads((tmp_path / "run/metrics.json").read_text())
    assert figures["episodes"]["training"] == 6 and figures["physics"] == {"robot": "cheetah-7"}
