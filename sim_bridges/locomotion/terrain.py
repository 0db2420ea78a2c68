"""The ground: rotated boxes for slopes, boxes on vertical springs for the pier (section 4.2), a plain for the rest.

World frame: x along the track, its origin and z = 0 on the ground where the episode starts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import mujoco
import numpy as np

from sim_bridges.locomotion.catalogue import Task, task_named
from sim_bridges.locomotion.episode_spec import EpisodeSpec
from sim_bridges.locomotion.look import WATER_COLOUR, checker, deck, water
from sim_bridges.locomotion.robots import FRICTION

_BOX, _PLANE = mujoco.mjtGeom.mjGEOM_BOX, mujoco.mjtGeom.mjGEOM_PLANE
_HALF_WIDTHS = {"cheetah-slope": 2.0, "cheetah-pier": 1.2, "ant-slope": 20.0, "ant-pier": 6.0}
"""Of the ground, m: the cheetah cannot leave its plane, the ant can."""
_THICK = 0.5
"""Half the thickness of slopes and quays, m."""
LEVEL = 10_000.0
"""Length of the level ground before and after the track, m: nothing ends a walk, so it must not end either."""
WATER = -0.8
"""Height of the water under the level pier, m."""
_TRAVEL = (WATER, 0.4)
"""How far a block may sink and rise, m."""
_DECK, _GAP = 0.15, 0.005
"""Half the thickness of a block, and half the gap between two, m."""


@dataclass(frozen=True)
class Float:
    """How a block of the pier floats: a mass on a spring and a damper, its weight carried by the water."""

    mass: float
    """Of the block, kg."""
    stiffness: float
    """N/m."""
    load: float
    """Mass of the robot that stands on it, kg."""

    def damping(self, ratio: float) -> float:
        """Coefficient (N s/m) of a ratio to the critical damping of the loaded block."""
        return float(2.0 * ratio * np.sqrt(self.stiffness * (self.mass + self.load)))


FLOATS = {"cheetah": Float(2.0, 500.0, 14.0), "ant": Float(0.3, 30.0, 0.9)}
"""Loaded blocks sink by 0.27 and 0.29 m."""


def ground_settings(task: Task) -> dict[str, Any]:
    """Every number of this module that changes how a walk on the task's ground goes (JSON-able)."""
    if not task.segment_length:
        return {}
    boxes = {"half_width": _HALF_WIDTHS[task.name], "half_thickness": _THICK, "level_ground": LEVEL}
    if task.terrain != "pier":
        return boxes
    blocks = {"water": WATER, "travel": list(_TRAVEL), "half_deck": _DECK, "half_gap": _GAP}
    return {**boxes, **blocks, "float": asdict(FLOATS[task.robot])}


class Track:
    """Where segments lie and how high the ground is, in the world frame of one episode."""

    def __init__(self, spec: EpisodeSpec) -> None:
        self.spec = spec
        self.task: Task = task_named(spec.task)
        rises = [row[0] if self.task.terrain == "slope" else 0.0 for row in spec.values]
        self.seams = np.arange(self.task.segments + 1) * self.task.segment_length - spec.start_x
        """x of the segments' ends, m; [segments + 1]."""
        heights = np.concatenate(([0.0], np.cumsum(rises)))
        self.heights = heights - np.interp(0.0, self.seams, heights) if self.task.segment_length else heights
        """z of the level ground at the seams, m."""

    def segment(self, x: float) -> int:
        """Index of the segment under x; the first and the last one count beyond their ends."""
        return int(np.clip(np.searchsorted(self.seams, x, side="right") - 1, 0, self.task.segments - 1))

    def height(self, x: float) -> float:
        """z of the ground at x, m (of the pier: without load)."""
        return float(np.interp(x, self.seams, self.heights)) if self.task.segment_length else 0.0

    def grade(self, x: float) -> float:
        """Rise over run of the segment under x."""
        index = self.segment(x)
        if not self.task.segment_length:
            return 0.0
        return float((self.heights[index + 1] - self.heights[index]) / self.task.segment_length)

    def build(self, spec: Any) -> None:
        """Add the ground to a MuJoCo specification that holds the robot."""
        self._material = checker(spec, "ground", self.task.terrain)
        {"slope": self._add_slopes, "pier": self._add_pier}.get(self.task.terrain, self._add_plain)(spec)

    def _add_plain(self, spec: Any) -> None:
        self._ground(spec.worldbody, "ground", _PLANE, [0, 0, 0], [0, 0, 5])

    def _add_slopes(self, spec: Any) -> None:
        for index in range(self.task.segments):
            self._ramp(spec, f"slope_{index}", self.seams[index : index + 2], self.heights[index : index + 2])
        self._ends(spec)

    def _ends(self, spec: Any) -> None:
        for name, x, z in (
            ("start", self.seams[0] - LEVEL, self.heights[0]),
            ("end", self.seams[-1], self.heights[-1]),
        ):
            self._ramp(spec, name, np.array([x, x + LEVEL]), np.array([z, z]))

    def _ramp(self, spec: Any, name: str, x: Any, z: Any) -> None:
        run, rise = x[1] - x[0], z[1] - z[0]
        angle = np.arctan2(rise, run)
        # The middle of the upper face lies on the line; the box hangs under it.
        middle = np.array([x.mean(), 0.0, z.mean()]) + _THICK * np.array([np.sin(angle), 0.0, -np.cos(angle)])
        size = [np.hypot(run, rise) / 2, _HALF_WIDTHS[self.task.name], _THICK]
        geom = self._ground(spec.worldbody, name, _BOX, middle, size)
        geom.quat = [np.cos(angle / 2), 0.0, -np.sin(angle / 2), 0.0]

    def _add_pier(self, spec: Any) -> None:
        self._ends(spec)
        for index, (damping, friction) in enumerate(self.spec.values):
            self._block(spec, index, FLOATS[self.task.robot].damping(damping), friction)
        # Solid: what leaves the pier lands on the water and stays there, as nothing ends an episode.
        sea = self._ground(spec.worldbody, "water", _PLANE, [0, 0, WATER], [0, 0, 5])
        sea.material, sea.rgba = water(spec), WATER_COLOUR

    def _block(self, spec: Any, index: int, damping: float, friction: float) -> None:
        floating, half = FLOATS[self.task.robot], self.task.segment_length / 2
        body = spec.worldbody.add_body(name=f"block_{index}", pos=[self.seams[index] + half, 0.0, 0.0], gravcomp=1.0)
        joint = body.add_joint(name=f"block_{index}", type=mujoco.mjtJoint.mjJNT_SLIDE, axis=[0, 0, 1], armature=0.0)
        joint.stiffness, joint.damping = [floating.stiffness, 0, 0], [damping, 0, 0]
        joint.limited, joint.range = mujoco.mjtLimited.mjLIMITED_TRUE, list(_TRAVEL)
        size = [half - _GAP, _HALF_WIDTHS[self.task.name], _DECK]
        geom = self._ground(body, f"block_{index}", _BOX, [0, 0, -_DECK], size)
        geom.material, geom.rgba = "", deck(friction * FRICTION[self.task.robot], index)
        geom.mass, geom.friction[0] = floating.mass, friction * FRICTION[self.task.robot]

    def _ground(self, body: Any, name: str, kind: Any, position: Any, size: Any) -> Any:
        geom = body.add_geom(name=name, type=kind, pos=position, size=size)
        geom.contype, geom.conaffinity, geom.priority = 0, 1, 1
        geom.friction[0], geom.material = FRICTION[self.task.robot], self._material
        geom.rgba = [1.0, 1.0, 1.0, 1.0]
        return geom
