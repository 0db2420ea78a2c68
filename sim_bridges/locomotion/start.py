"""How an episode starts: the robot stands on the ground at the world's origin, in a slightly random pose."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from sim_bridges.locomotion.terrain import Track

Array = NDArray[np.float64]
_ANT_LEGS = (0.0, 1.0, 0.0, -1.0, 0.0, -1.0, 0.0, 1.0)
"""Joints of the standing ant, rad."""
_POSE_NOISE, _RATE_NOISE = 0.1, 0.1
"""Greatest displacement of a joint (rad) and deviation of the velocities (rad/s, m/s)."""
_CLEARANCE = 0.005
"""Between the lowest point of the robot and the ground, m."""


def stand(model: Any, data: Any, track: Track) -> None:
    """Put the robot on the ground at the origin, along its grade, at rest but for small random velocities."""
    rng = np.random.default_rng(track.spec.seed)
    joints = len(track.task.system.joint_names)
    lean = -np.arctan(track.grade(0.0))
    if track.task.robot == "ant":
        data.qpos[3:7] = [np.cos(lean / 2), 0.0, np.sin(lean / 2), 0.0]
        first, rates = 7, 6 + joints
        data.qpos[first : first + joints] = _ANT_LEGS
    else:
        data.qpos[2] = lean
        first, rates = 3, 3 + joints
    data.qpos[first : first + joints] += rng.uniform(-_POSE_NOISE, _POSE_NOISE, joints)
    data.qvel[:rates] = _RATE_NOISE * rng.standard_normal(rates)
    mujoco.mj_forward(model, data)
    data.qpos[2 if track.task.robot == "ant" else 1] += _CLEARANCE - _gap(model, data, track)
    mujoco.mj_forward(model, data)


def _gap(model: Any, data: Any, track: Track) -> float:
    """Height of the robot's lowest point over the ground, m."""
    gaps = []
    for geom in np.flatnonzero(model.geom_contype):
        half = model.geom_size[geom, 1] if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_CAPSULE else 0.0
        axis = data.geom_xmat[geom].reshape(3, 3)[:, 2] * half
        for end in (data.geom_xpos[geom] + axis, data.geom_xpos[geom] - axis):
            gaps.append(end[2] - model.geom_size[geom, 0] - track.height(float(end[0])))
    return float(min(gaps))
