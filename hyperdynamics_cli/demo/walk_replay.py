"""A recorded walk in the same simulator again: the blocks that no topic tells of, and the true hidden values.

The recorded torques give the same motion; where a message was lost, the robot is put where it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_cli.demo.walk_recording import WalkRecording
from sim_bridges.locomotion.tasks import EpisodeSpec, task_named
from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]
CLOSE = 1e-4
"""Greatest difference of a state's numbers that counts as the same motion."""
SPEED_SECONDS = 0.5


@dataclass(frozen=True)
class WalkTrack:
    """A walk step by step."""

    times: Array
    """[T + 1] since it began, s."""
    states: Array
    """[T + 1, n_s]."""
    hidden: Array
    """[T + 1, n_h] true values where the robot was."""
    corrected: int
    """Steps at which the robot had to be put where it was recorded."""

    @property
    def speed(self) -> Array:
        """[T + 1] along x, mean of the last half second, m/s; 0 at the start."""
        back = max(1, round(SPEED_SECONDS / max(self.times[-1] / max(len(self.times) - 1, 1), 1e-9)))
        before = np.maximum(np.arange(len(self.times)) - back, 0)
        elapsed = np.maximum(self.times - self.times[before], 1e-9)
        speed: Array = (self.states[:, 0] - self.states[before, 0]) / elapsed
        return speed


def spec_of(recording: WalkRecording) -> EpisodeSpec:
    """The episode that the bridge told of."""
    words = recording.episode()
    words.pop("episode", None)
    return EpisodeSpec.from_json(json.dumps(words))


def replay(recording: WalkRecording, look: Callable[[int, LeggedWorld], None] | None = None) -> WalkTrack:
    """Walk it again; look sees the world before every step and at the end."""
    spec = spec_of(recording)
    world = LeggedWorld(task_named(spec.task))
    states, hidden, corrected = [world.reset(spec)], [], 0
    action = np.zeros(len(world.system.joint_names))
    for step in range(recording.steps + 1):
        hidden.append(world.hidden())
        if look is not None:
            look(step, world)
        if step == recording.steps:
            break
        action = recording.actions.get(recording.stamp(step + 1), action)
        state = world.step(action).state
        recorded = recording.states.get(recording.stamp(step + 1))
        if recorded is not None and np.abs(recorded - state).max() > CLOSE:
            put(world, recorded)
            state, corrected = world.state(), corrected + 1
        states.append(state)
    world.close()
    times: Array = np.arange(len(states), dtype=np.float64) * recording.system.dt
    return WalkTrack(times, np.stack(states), np.stack(hidden), corrected)


def put(world: LeggedWorld, state: Array) -> None:
    """Set the robot of a world to a state [n_s]; blocks stay where they are."""
    import mujoco

    joints, data = len(world.system.joint_names), world.data
    if world.system.orientation is None:
        data.qpos[: 3 + joints], data.qvel[: 3 + joints] = state[: 3 + joints], state[3 + joints :]
    else:
        data.qpos[: 7 + joints] = state[[0, 1, 2, 6, 3, 4, 5, *range(7, 7 + joints)]]
        data.qvel[: 6 + joints] = state[7 + joints :]
    mujoco.mj_forward(world.model, data)
