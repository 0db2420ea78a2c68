"""The robots' bodies: gymnasium's half-cheetah and ant with our joint order, time step and strength.

Gymnasium is used for these two files alone; its own environments are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem
from sim_bridges.locomotion.look import light, paint_robot

_FILES = {"cheetah": "half_cheetah.xml", "ant": "ant.xml"}
MASSES = {"cheetah": 14.0, "ant": 0.9}
"""kg. The cheetah's file asks for 14 kg of the whole world, blocks included; here the robot alone has them."""
FRICTION = {"cheetah": 0.4, "ant": 1.0}
"""Sliding friction of the robot on its usual floor, as gymnasium has it."""


def robot_spec(robot: str, strengths: Sequence[float] | NDArray[np.float64]) -> Any:
    """A MuJoCo specification that holds the robot alone, without floor and light, its base at the world's origin.

    Args:
        robot: name of its system.
        strengths: [n_a] part of its greatest torque that each joint's motor gives.

    Raises:
        ValueError: an unknown robot.
        RuntimeError: gymnasium is not installed.
    """
    if robot not in LEGGED:
        raise ValueError(f"unknown robot {robot!r}; choose one of {', '.join(LEGGED)}")
    system = LEGGED[robot]
    spec = mujoco.MjSpec.from_file(str(_asset(robot)))
    for unwanted in (spec.geom("floor"), *spec.lights, *spec.cameras, *spec.actuators):
        spec.delete(unwanted)
    _set_mass(spec, MASSES[robot])
    spec.body("torso").pos = [0.0, 0.0, 0.0]
    spec.option.timestep = system.dt
    _add_motors(spec, system, strengths)
    paint_robot(spec, [name for name, part in zip(system.joint_names, strengths, strict=True) if part == 0.0])
    light(spec)
    return spec


def _asset(robot: str) -> Path:
    found = find_spec("gymnasium")
    if found is None or found.origin is None:
        raise RuntimeError("gymnasium, whose robot files are used, is not installed; pip install gymnasium==1.4.0")
    return Path(found.origin).parent / "envs/mujoco/assets" / _FILES[robot]


def _set_mass(spec: Any, mass: float) -> None:
    # settotalmass would rescale blocks that are added later as well.
    spec.compiler.settotalmass = -1
    factor = mass / float(np.sum(spec.compile().body_mass))
    for geom in spec.geoms:
        geom.density *= factor


def _add_motors(spec: Any, system: LeggedSystem, strengths: Sequence[float] | NDArray[np.float64]) -> None:
    for joint, torque, strength in zip(system.joint_names, system.max_torques, strengths, strict=True):
        gear = [torque * strength, 0.0, 0.0, 0.0, 0.0, 0.0]
        motor = spec.add_actuator(name=joint, target=joint, trntype=mujoco.mjtTrn.mjTRN_JOINT, gear=gear)
        motor.ctrllimited, motor.ctrlrange = mujoco.mjtLimited.mjLIMITED_TRUE, [-1.0, 1.0]
