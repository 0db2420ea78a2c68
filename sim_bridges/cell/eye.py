"""The cell's depth camera: where it stands, and what it sees, drawn by MuJoCo without a screen."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera
from sim_bridges.pushing.cameras import look_at

WIDTH, HEIGHT = 640, 480
FOCAL, CENTRE = (612.4, 611.8), (323.6, 236.9)
"""Pixels, as a calibration gives them."""
PLACE, AIM = (0.78, 0.40, 0.86), (-0.02, 0.0, 0.02)
"""Where it stands and what it looks at, m: lower, farther and aside of the nine views that perception learned from."""
_FEW, _MANY = 1000, 20
_OFFSCREEN = mujoco.mjtFramebuffer.mjFB_OFFSCREEN


def cell_camera() -> Camera:
    """Intrinsics and pose."""
    upright = look_at(np.array(PLACE), np.array(AIM), WIDTH, HEIGHT, 1.0)
    return replace(upright, fx=FOCAL[0], fy=FOCAL[1], cx=CENTRE[0], cy=CENTRE[1])


class Eye:
    """Draws models from their camera ``eye``. Its OpenGL belongs to the thread that calls it first."""

    def __init__(self) -> None:
        self._model: Any = None
        self._opengl: Any = None
        self._context: Any = None

    def look(self, model: Any, qpos: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Colours [H, W, 3] and true z-depth [H, W] (m) of a model at joint positions qpos.

        Raises:
            RuntimeError: no offscreen OpenGL is to be had.
        """
        if model is not self._model:
            self._prepare(model)
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(model, self._data)
        mujoco.mj_camlight(model, self._data)
        every = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(model, self._data, self._options, None, self._camera, every, self._scene)
        area = mujoco.MjrRect(0, 0, WIDTH, HEIGHT)
        mujoco.mjr_render(area, self._scene, self._context)
        colours, depth = np.empty((HEIGHT, WIDTH, 3), np.uint8), np.empty((HEIGHT, WIDTH), np.float32)
        mujoco.mjr_readPixels(colours, depth, area, self._context)
        return np.flipud(colours), self._metres(np.flipud(depth))

    def close(self) -> None:
        """Let OpenGL go; by the thread it belongs to."""
        if self._opengl is not None:
            self._context.free()
            self._opengl.free()
        self._opengl = self._model = None

    def _prepare(self, model: Any) -> None:
        try:
            if self._opengl is None:
                self._opengl = mujoco.GLContext(WIDTH, HEIGHT)
                self._opengl.make_current()
            else:
                self._context.free()
            self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        except (RuntimeError, ImportError, AttributeError, mujoco.FatalError) as error:
            raise RuntimeError(
                f"no offscreen OpenGL (MUJOCO_GL={os.environ.get('MUJOCO_GL', 'unset')}): {error}; install libegl1 and "
                "libgl1-mesa-dri, or use MUJOCO_GL=osmesa"
            ) from error
        mujoco.mjr_setBuffer(_OFFSCREEN, self._context)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR
        self._model, self._data = model, mujoco.MjData(model)
        self._scene, self._options = mujoco.MjvScene(model, _FEW), mujoco.MjvOption()
        self._options.geomgroup[3] = 0  # convex pieces, which nobody sees
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = model.camera("eye").id

    def _metres(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """From the depth buffer, which is 1 at the nearest plane and 0 at the farthest, inversely proportional."""
        extent, settings = self._model.stat.extent, self._model.vis.map
        near, far = settings.znear * extent, settings.zfar * extent
        return np.asarray(near * far / (near + depth * (far - near)), dtype=np.float32)
