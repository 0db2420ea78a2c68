"""What a trial sees of its scene: through one camera and the trained perception, or the truth for comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from hyperdynamics_core.methods.context import ObjectMap
from hyperdynamics_core.planning.geometry import Box
from hyperdynamics_core.systems.rotations import yaw_of_array
from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from hyperdynamics_core.vision.maps import MapConfig, crop_map
from hyperdynamics_core.vision.perception import Detection, Perception
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import Body, Look, Renderer, rotation, yaw_quaternion
from sim_bridges.pushing.scene import SceneSpec

Array = NDArray[np.float64]
Frames = Callable[[Array], RgbdFrame]
"""The camera's image of a true state [16]."""
GATE = 0.06
"""A detection farther than this from where the object is expected is something else, m."""


@dataclass(frozen=True)
class View:
    """What one look at the scene gives."""

    position: Array | None
    """[3] of the object, m; None: not found."""
    object_box: Box | None
    """Its detected box; None: not found."""
    obstacles: tuple[Box, ...]
    """Boxes of everything else."""


class Eyes(Protocol):
    """Looks at a scene in which the pushed object has the true state [16] and is expected near a place [2]."""

    def look(self, state: Array, expected: Array) -> View:
        """Find the object and the obstacles."""
        ...

    def crop(self, state: Array, position: Array) -> ObjectMap | None:
        """The object's feature map for a method that sees; None: these eyes have no camera."""
        ...


class SceneRenderer:
    """Renders a scene spec as the pushing world has it after some steps."""

    def __init__(self, renderer: Renderer, scene: SceneSpec, camera: Camera, look: Look | None = None) -> None:
        self.renderer, self.camera, self.look = renderer, camera, look
        self.item = load_object(scene.system.object)
        self.others = [_standing(o.object, o.x, o.y, o.yaw) for o in scene.obstacles]

    def frame(self, state: Array) -> RgbdFrame:
        """What the camera sees with the object and the rod in state [16]."""
        pushed = Body(self.item, state[:3], state[3:7], self.item.colour)
        return self.renderer.render([pushed, *self.others], state[13:16], self.camera, self.look).frame


@dataclass(frozen=True)
class Cropper:
    """Cuts the object's feature map out of a frame, as a method's shape encoder was trained on it."""

    maps: MapConfig

    def cut(self, frame: RgbdFrame, position: Array, state: Array) -> ObjectMap:
        """The map around a position [3] of the object with the yaw of state [16]."""
        return ObjectMap(torch.from_numpy(crop_map(frame, position, self.maps)), yaw_of_array(state[3:7]))


class CameraEyes:
    """One camera, one look a step, trained perception."""

    def __init__(self, frames: Frames, perception: Perception, cropper: Cropper | None = None) -> None:
        self.frames, self.perception, self.cropper = frames, perception, cropper
        self._frame: RgbdFrame | None = None

    def look(self, state: Array, expected: Array) -> View:
        """See ``Eyes.look``: the detection nearest to the expected place is the object, the others are obstacles."""
        self._frame = self.frames(state)
        found = self.perception.detect(self._frame)
        distances = [float(np.linalg.norm(detection.position[:2] - expected)) for detection in found]
        if not found or min(distances) > GATE:
            return View(None, None, tuple(_box(detection) for detection in found))
        mine = found.pop(int(np.argmin(distances)))
        return View(np.asarray(mine.position), _box(mine), tuple(_box(detection) for detection in found))

    def crop(self, state: Array, position: Array) -> ObjectMap | None:
        """See ``Eyes.crop``: from the frame of the last look."""
        if self.cropper is None:
            return None
        return self.cropper.cut(self._frame or self.frames(state), position, state)


class OracleEyes:
    """The true position and boxes; the shape still comes through the camera."""

    def __init__(self, scene: SceneSpec, frames: Frames | None = None, cropper: Cropper | None = None) -> None:
        self.frames, self.cropper = frames, cropper
        self.item = load_object(scene.system.object)
        bodies = [_standing(o.object, o.x, o.y, o.yaw) for o in scene.obstacles]
        self.obstacles = tuple(true_box(body) for body in bodies)

    def look(self, state: Array, expected: Array) -> View:
        """See ``Eyes.look``."""
        return View(state[:3].copy(), true_box(Body(self.item, state[:3], state[3:7])), self.obstacles)

    def crop(self, state: Array, position: Array) -> ObjectMap | None:
        """See ``Eyes.crop``."""
        if self.cropper is None or self.frames is None:
            return None
        return self.cropper.cut(self.frames(state), position, state)


def true_box(body: Body) -> Box:
    """Axis-aligned box of a body, world frame."""
    points = body.surface.vertices @ rotation(body.quaternion).T + body.position
    low, high = points.min(axis=0), points.max(axis=0)
    return Box(_triple(0.5 * (low + high)), _triple(high - low))


def _standing(name: str, x: float, y: float, yaw: float) -> Body:
    item = load_object(name)
    return Body(item, np.array([x, y, item.rest_height]), yaw_quaternion(yaw), item.colour)


def _box(detection: Detection) -> Box:
    return Box(_triple(detection.centre), _triple(np.maximum(detection.size, 1e-3)))


def _triple(values: Sequence[float] | Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
