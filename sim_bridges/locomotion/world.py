"""The locomotion world: one robot, one track, one episode at a time; usable without ROS."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
import torch
from numpy.typing import NDArray

from sim_bridges.locomotion.catalogue import Task
from sim_bridges.locomotion.episode_spec import EpisodeSpec, check_episode
from sim_bridges.locomotion.robots import robot_spec
from sim_bridges.locomotion.start import stand
from sim_bridges.locomotion.terrain import Track

Array = NDArray[np.float64]
EPISODE_STEPS = 500
"""Length of an episode (appendix B); nothing ends it earlier."""
_DIVERGED = (
    mujoco.mjtWarning.mjWARN_BADQPOS,
    mujoco.mjtWarning.mjWARN_BADQVEL,
    mujoco.mjtWarning.mjWARN_BADQACC,
)
# MuJoCo would append its warnings to a file in whatever folder the process stands in.
mujoco.set_mju_user_warning(logging.getLogger(__name__).debug)


@dataclass(frozen=True)
class StepResult:
    """What one action did."""

    state: Array
    """[n_s] after the step."""
    reward: float
    """By the system's formula."""
    hidden: Array
    """[n_h] true hidden values where the robot was when it acted."""


class LeggedWorld:
    """A robot on its track, compiled anew for each episode; results depend on nothing but specification and actions."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.system = task.system
        self.hidden_names = _hidden_names(task)
        self.spec: EpisodeSpec | None = None
        self.model: Any = None
        """MuJoCo's model of the episode; joints of the robot come first, controls are the actions."""
        self.data: Any = None

    def reset(self, spec: EpisodeSpec) -> Array:
        """Build the episode's world and put the robot on the ground at its origin. Returns the state [n_s].

        Raises:
            ValueError: an episode of another task, or one that makes no physical sense.
        """
        if check_episode(spec).name != self.task.name:
            raise ValueError(f"the episode is one of {spec.task}, this world is {self.task.name}; make another world")
        self.track = Track(spec)
        built = robot_spec(self.task.robot, self._strengths(spec))
        self.track.build(built)
        self.model = built.compile()
        self.data = mujoco.MjData(self.model)
        self.spec = spec
        stand(self.model, self.data, self.track)
        return self.state()

    def step(self, action: Array) -> StepResult:
        """Apply an action [n_a] for one time step, clipped to -1..1.

        Raises:
            ValueError: an action of the wrong size or not finite; nothing was moved.
            RuntimeError: the world was not reset, or the simulation diverged.
        """
        command = self._command(action)
        before, hidden = self.state(), self.hidden()
        self.data.ctrl[:] = command
        mujoco.mj_step(self.model, self.data)
        state = self.state()
        if not np.isfinite(state).all() or any(self.data.warning[kind].number for kind in _DIVERGED):
            raise RuntimeError(f"the simulation of {self.spec} diverged at {self.data.time:.2f} s; reset the world")
        both = torch.from_numpy(np.stack((before, state)))
        reward = float(self.system.rewards(both, torch.from_numpy(command)[None])[0])
        return StepResult(state, reward, hidden)

    def state(self) -> Array:
        """State [n_s] in the system's layout.

        Raises:
            RuntimeError: the world was not reset.
        """
        if self.data is None:
            raise RuntimeError("the world holds no episode; call reset first")
        return states_from(self.task, self.data.qpos, self.data.qvel)

    def hidden(self) -> Array:
        """True hidden values [n_h] where the robot's base is now, in the order of ``hidden_names``."""
        if self.spec is None:
            raise RuntimeError("the world holds no episode; call reset first")
        x = float(self.data.qpos[0])
        values = self.spec.values[self.track.segment(x)]
        if self.task.terrain == "slope":
            return np.array([self.track.grade(x)])
        if self.task.terrain == "cripple":
            return np.eye(len(self.system.joint_names) + 1)[int(values[0])][:-1]
        return np.array(values)

    def close(self) -> None:
        """Let the simulation go; ``reset`` starts a new one."""
        self.spec = self.model = self.data = None

    def _strengths(self, spec: EpisodeSpec) -> Array:
        strengths = np.ones(len(self.system.joint_names))
        if self.task.terrain == "motor":
            strengths[:] = spec.values[0][0]
        if self.task.terrain == "cripple" and spec.values[0][0] >= 0:
            strengths[int(spec.values[0][0])] = 0.0
        return strengths

    def _command(self, action: Array) -> Array:
        if self.data is None:
            raise RuntimeError("the world holds no episode; call reset first")
        command = np.asarray(action, dtype=np.float64)
        size = len(self.system.joint_names)
        if command.shape != (size,) or not np.isfinite(command).all():
            raise ValueError(f"action {action!r} must be {size} finite numbers, one a joint of the {self.task.robot}")
        return np.clip(command, -1.0, 1.0)


def states_from(task: Task, qpos: Array, qvel: Array) -> Array:
    """States [..., n_s] from MuJoCo's positions [..., n_q] and velocities [..., n_v], whatever blocks follow."""
    joints = len(task.system.joint_names)
    if task.system.orientation is None:
        return np.concatenate((qpos[..., : 3 + joints], qvel[..., : 3 + joints]), axis=-1)
    order = [0, 1, 2, 4, 5, 6, 3, *range(7, 7 + joints)]
    return np.concatenate((qpos[..., order], qvel[..., : 6 + joints]), axis=-1)


def _hidden_names(task: Task) -> tuple[str, ...]:
    if task.terrain == "slope":
        return ("slope_grade",)
    if task.terrain == "cripple":
        return tuple(f"crippled/{joint}" for joint in task.system.joint_names)
    return tuple(each.name for each in task.properties)
