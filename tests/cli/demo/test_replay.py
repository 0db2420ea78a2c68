"""A replay is what happened, only finer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from hyperdynamics_cli.demo.replay import MOVE_FRAMES, PUSH_FRAMES, moment_of, replay
from sim_bridges.pushing.world import PushWorld
from tests.cli.demo.runs import STEP, recorded


@pytest.fixture(scope="module")
def world() -> Iterator[PushWorld]:
    one = PushWorld()
    yield one
    one.close()


def test_same_motion_with_moments_between(world: PushWorld) -> None:
    recording = recorded(4)
    instants = list(replay(recording, world))
    assert all(instant.joints is not None for instant in instants)  # simulated, not interpolated
    assert 4 * MOVE_FRAMES <= len(instants) <= 4 * PUSH_FRAMES
    ends = [instant.state for instant in instants if np.allclose(instant.state, instant.step.after, atol=1e-6)]
    assert len(ends) == 4
    moment = moment_of(instants[-1], recording.path(), recording.goal)
    assert moment.push is not None and moment.push.step == 4 and len(moment.overlay.candidates) == 1


def test_what_cannot_be_replayed_is_interpolated(world: PushWorld) -> None:
    recording = recorded(3)
    recording.states[2 * STEP] = recording.states[2 * STEP] + 0.01  # not what the simulator does
    instants = list(replay(recording, world))
    simulated = [instant.joints is not None for instant in instants]
    assert simulated[0] and not simulated[-1]
    assert np.allclose(instants[-1].state[:3], recording.states[3 * STEP][:3])
    without = replace(recording, scene={})
    assert not any(instant.joints is not None for instant in replay(without, world))


def test_steps_know_what_was_said_before_them() -> None:
    recording = recorded(2)
    recording.overlays.pop(STEP)
    first, second = recording.steps()
    assert second.overlay is first.overlay and second.feedback is recording.feedback[STEP]
    assert recording.newest == 2 * STEP and recording.path().shape == (3, 2)


def test_real_time_is_thinned(world: PushWorld) -> None:
    recording = recorded(1)
    start, end = recording.states[0], recording.states[STEP]
    recording.states = {
        n * 40_000_000: start + n / 100 * (end - start) for n in range(100)
    }  # 25 states a second for 4 s
    instants = list(replay(recording, world))
    assert 15 <= len(instants) <= 22
    assert all(instant.joints is None for instant in instants)
