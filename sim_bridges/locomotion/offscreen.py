"""MuJoCo binds its OpenGL when it is imported: a machine without a screen must choose EGL before that."""

from __future__ import annotations

import ctypes
import os
import sys


def choose_offscreen_opengl() -> None:
    """Set MUJOCO_GL to egl where it is unset and there is an EGL; without one MuJoCo could not even be imported so."""
    if sys.platform != "linux" or "MUJOCO_GL" in os.environ:
        return
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError:
        return
    os.environ["MUJOCO_GL"] = "egl"
