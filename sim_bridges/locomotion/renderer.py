"""Pictures of a world without a screen: a camera that follows the robot from the side."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bridges.locomotion.world import LeggedWorld

# MuJoCo binds its OpenGL backend at the first import; a headless machine needs this one.
os.environ.setdefault("MUJOCO_GL", "egl")


@dataclass(frozen=True)
class View:
    """Where the camera stands, relative to the robot's base."""

    distance: float = 4.5
    """m."""
    azimuth: float = 105.0
    """Degrees about z; 90 looks along y, from the robot's right."""
    elevation: float = -14.0
    """Degrees; negative looks down."""
    height: float = 0.1
    """The point looked at lies this far over the ground at the robot's x, m."""
    lag: float = 0.12
    """The camera follows with this time constant, s, so that the horizon does not shake."""


class LeggedRenderer:
    """Offscreen frames of a world. Keeps an OpenGL context; call ``close`` when done."""

    def __init__(self, view: View | None = None) -> None:
        self.view = view or View()
        self._renderer: Any = None
        self._drawn: tuple[int, int, int] = (0, 0, 0)
        self._lookat: NDArray[np.float64] | None = None
        self._time = 0.0

    def frame(self, world: LeggedWorld, width: int = 640, height: int = 360) -> NDArray[np.uint8]:
        """Picture [height, width, 3] of the world as it is now.

        Raises:
            RuntimeError: the world was not reset, or no offscreen OpenGL is to be had.
        """
        import mujoco

        if world.model is None:
            raise RuntimeError("the world holds no episode to draw; call reset first")
        renderer = self._prepared(world, width, height)
        camera = mujoco.MjvCamera()
        camera.type = mujoco.mjtCamera.mjCAMERA_FREE
        camera.distance, camera.azimuth, camera.elevation = self.view.distance, self.view.azimuth, self.view.elevation
        camera.lookat[:] = self._point(world)
        renderer.update_scene(world.data, camera)
        picture: NDArray[np.uint8] = renderer.render()
        return picture

    def close(self) -> None:
        """Let the OpenGL context go."""
        if self._renderer is not None:
            self._renderer.close()
        self._renderer, self._drawn, self._lookat = None, (0, 0, 0), None

    def _point(self, world: LeggedWorld) -> NDArray[np.float64]:
        x = float(world.data.qpos[0])
        y = float(world.data.qpos[1]) if world.task.robot == "ant" else 0.0
        wanted = np.array([x, y, world.track.height(x) + self.view.height])
        passed = float(world.data.time) - self._time
        kept = np.exp(-passed / self.view.lag) if self._lookat is not None and passed >= 0.0 else 0.0
        self._lookat = wanted if self._lookat is None else kept * self._lookat + (1 - kept) * wanted
        self._time = float(world.data.time)
        return self._lookat

    def _prepared(self, world: LeggedWorld, width: int, height: int) -> Any:
        import mujoco

        wanted = (id(world.model), width, height)
        if self._drawn != wanted:
            self.close()
            try:
                self._renderer = mujoco.Renderer(world.model, height, width)
            except (RuntimeError, ImportError, AttributeError, mujoco.FatalError) as error:
                backend = os.environ.get("MUJOCO_GL", "unset")
                raise RuntimeError(
                    f"no offscreen OpenGL (MUJOCO_GL={backend}): {error}; install libegl1 and libgl1-mesa-dri and set "
                    "MUJOCO_GL=egl before Python starts, or use MUJOCO_GL=osmesa"
                ) from error
            self._drawn = wanted
        return self._renderer
