"""Trajectories out of bags: pushes of the simulator, recorded as a bridge tells them, come back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_ros.push_bags import PushBagConfig, PushBagCounts, push_trajectories
from hyperdynamics_ros.recording.errors import BagError
from tests.recording.pushes import START, STEP, SYSTEMS, Telling, command, episode, pushed, state, told, written


def read(bags: list[Path], **changes: object):
    counts = PushBagCounts()
    found = list(push_trajectories(bags, PushBagConfig(**changes), counts))
    return [each.trajectory for each in found], counts


def the_same(found, trajectories) -> None:
    assert len(found) == len(trajectories)
    for ours, theirs in zip(found, trajectories, strict=True):
        np.testing.assert_allclose(ours.states, theirs.states, atol=1e-9)
        np.testing.assert_allclose(ours.actions, theirs.actions, atol=1e-12)


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_pushes_come_back_as_they_were(tmp_path, storage):
    first, second = pushed(2), pushed(1, system=SYSTEMS[1], seed=1)
    tellings = told(first) + told(second, SYSTEMS[1], START + 100 * STEP, first=3)
    found, counts = read([written(tmp_path / "bag", tellings, storage)])
    the_same(found, first + second)
    assert [each.object for each in found] == ["mit/rect1", "mit/rect1", "mug/01"]
    assert found[0].system == found[1].system != found[2].system
    assert found[0].hidden.mass == 500.0 and found[0].hidden.com_offset == (0.001, 0.0, 0.0)
    assert (counts.trajectories, counts.steps, counts.gaps, counts.short) == (3, 15, 0, 0)


def test_disorder_and_repetition_change_nothing_and_are_counted(tmp_path):
    trajectories = pushed(2)
    tellings = told(trajectories)
    again = [*tellings[:5], *tellings[2:5], *tellings[5:]]  # the state and its command, as where a command was lost
    found, counts = read([written(tmp_path / "again", again)])
    the_same(found, trajectories)
    assert counts.repeated == 1 and counts.gaps == 0
    order = list(range(len(tellings)))
    np.random.default_rng(0).shuffle(order)
    found, counts = read([written(tmp_path / "late", tellings, order=order)])
    the_same(found, trajectories)
    assert counts.reordered > 0 and counts.gaps == 0


def test_a_missing_state_and_another_episode_part_trajectories(tmp_path):
    trajectories = pushed(1, steps=10)
    tellings = told(trajectories)
    lost = [each for each in tellings if not is_state(each, START + 4 * STEP)]
    found, counts = read([written(tmp_path / "gap", lost)])
    assert counts.gaps == 2 and counts.short_pushes == 3, "neither the push before the lost state nor the one after"
    the_same(found, [Part(trajectories[0], 5)])
    # The driver's stamps go on over the reset: its episode alone parts them.
    place = next(index for index, each in enumerate(tellings) if is_state(each, START + 3 * STEP))
    reset = [*tellings[:place], *episode(2, SYSTEMS[0]), *tellings[place:]]
    found, counts = read([written(tmp_path / "reset", reset)])
    the_same(found, [Part(trajectories[0], 3, 8)])
    assert counts.unfinished == 1 and counts.short_pushes == 4 and counts.gaps == 0


def paused(trajectory, moved=0.0):
    """Pushes with three seconds between them, as where a picture is waited for; moved: by a hand in the third wait."""
    made, stamp = episode(1, SYSTEMS[0]), START
    for index, (values, action) in enumerate(zip(trajectory.states, trajectory.actions, strict=False)):
        begin = values + 0.001  # a tracker's noise
        begin[3:7], begin[0] = values[3:7], begin[0] + moved * (index == 3)
        made += [*state(begin, stamp), command(action, stamp)]
        made += state(trajectory.states[index + 1], stamp + STEP)
        stamp += STEP + 3_000_000_000
    return made


def test_a_push_goes_on_from_the_last_one_after_any_pause_in_which_nothing_moved(tmp_path):
    trajectory = pushed(1)[0]
    found, counts = read([written(tmp_path / "paused", paused(trajectory))])
    assert len(found) == 1 and counts.gaps == 0 and counts.short_pushes == 0
    np.testing.assert_allclose(found[0].actions, trajectory.actions, atol=1e-6)
    np.testing.assert_allclose(found[0].states[:, :3], trajectory.states[:, :3], atol=0.0011)
    found, counts = read([written(tmp_path / "moved", paused(trajectory, moved=0.02))])
    assert not found and counts.short_pushes == 5


def test_a_bridge_that_was_started_again_is_another_run(tmp_path):
    trajectories = pushed(2)
    tellings = told(trajectories[:1]) + told(trajectories[1:])
    found, _ = read([written(tmp_path / "bag", tellings)])
    the_same(found, trajectories)
    silent = [each for each in tellings if each[0] not in ("/episode", "/scene")]
    found, _ = read([written(tmp_path / "silent", silent)])
    the_same(found, trajectories)
    assert found[0].object == "recorded/silent-0" and found[1].object == "recorded/silent-0-2"


def test_refused_and_stopped_commands_did_not_act(tmp_path):
    trajectories = pushed(1)
    tellings = told(trajectories)
    place = next(index for index, each in enumerate(tellings) if each[0] == "/end_effector/displacement")
    refused = [command((0.2, 0.2, 0.0), START), ("/command_refused", serialised_text("too far"))]
    found, counts = read([written(tmp_path / "refused", [*tellings[:place], *refused, *tellings[place:]])])
    the_same(found, trajectories)
    assert counts.refused_commands == 1
    stop = command((0.0, 0.0, 0.0), START + STEP // 2)
    found, counts = read([written(tmp_path / "stop", [*tellings[: place + 1], stop, *tellings[place + 1 :]])], steps=4)
    the_same(found, [Part(trajectories[0], 1, 5)])
    assert counts.stopped == 1 and counts.gaps == 0


def test_lifts_and_falls_part_trajectories(tmp_path):
    trajectory = pushed(1, steps=3)[0]
    lifted = trajectory.states[-1].copy()
    lifted[15] += 0.1
    stamp = START + 3 * STEP
    lift = [command((0.0, 0.0, 0.1), stamp), *state(lifted, stamp + STEP)]
    found, counts = read([written(tmp_path / "lift", told([trajectory]) + lift)], steps=3)
    the_same(found, [trajectory])
    assert counts.other_steps == 1
    fallen = trajectory.states[-1].copy()
    fallen[:3] = 0.32, 0.0, -0.3
    push = [command((0.04, 0.0, 0.0), stamp), *state(fallen, stamp + STEP)]
    found, counts = read([written(tmp_path / "fall", told([trajectory]) + push)], steps=4)
    assert not found and counts.fallen == 1 and counts.short_pushes == 3


def test_broken_messages_are_refused_and_said(tmp_path):
    trajectory = pushed(1)[0]
    broken = trajectory.states[2].copy()
    broken[0] = np.nan
    tellings = told([trajectory])
    place = next(i for i, each in enumerate(tellings) if is_state(each, START + 2 * STEP) and "odom" in each[0])
    tellings[place] = state(broken, START + 2 * STEP)[1]
    tellings.append(("/scene", serialised_text("not JSON")))
    found, counts = read([written(tmp_path / "bag", tellings)])
    assert not found and counts.refused == {"/object/odom": 1, "/scene": 1}
    assert "finite" in counts.reasons["/object/odom"] and "JSON" in counts.reasons["/scene"]


def test_a_bag_of_something_else_is_refused(tmp_path):
    bag = written(tmp_path / "bag", [("/episode", told(pushed(1))[0][1])])
    with pytest.raises(BagError, match="holds no good state on /object/odom and /end_effector/pose"):
        read([bag])
    with pytest.raises(ValueError, match="steps must be at least 1"):
        PushBagConfig(steps=0)


class Part:
    """Some pushes of a trajectory."""

    def __init__(self, trajectory, first: int, last: int | None = None) -> None:
        last = len(trajectory.actions) if last is None else last
        self.states, self.actions = trajectory.states[first : last + 1], trajectory.actions[first:last]


def is_state(telling: Telling, stamp: int) -> bool:
    if telling[0] not in ("/object/odom", "/end_effector/pose"):
        return False
    header = telling[1].header.stamp
    return header.sec * 10**9 + header.nanosec == stamp


def serialised_text(words: str):
    from std_msgs.msg import String

    return String(data=words)
