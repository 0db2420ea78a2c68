"""Checks of an RGB-D frame before anything is computed from it."""

from __future__ import annotations

import numpy as np

from hyperdynamics_core.vision.camera import RgbdFrame


class FrameError(ValueError):
    """A frame that perception cannot use; the message says why and what to do."""


def check_frame(frame: RgbdFrame) -> None:
    """Refuse a frame that is malformed or empty.

    Raises:
        FrameError: sizes or types differ from the camera's, depth is NaN, infinite, negative or zero everywhere.
    """
    camera, rgb, depth = frame.camera, frame.rgb, frame.depth
    size = (camera.height, camera.width)
    if rgb.shape != (*size, 3) or rgb.dtype != np.uint8:
        raise FrameError(
            f"colour image is {rgb.dtype} {rgb.shape}, but the camera delivers uint8 {(*size, 3)}; "
            "send rgb8 of the size that camera_info states"
        )
    if depth.shape != size or depth.dtype != np.float32:
        raise FrameError(
            f"depth image is {depth.dtype} {depth.shape}, but the camera delivers float32 {size}; "
            "send depth registered to the colour image, in metres"
        )
    if not np.isfinite(depth).all():
        count = int(depth.size - np.isfinite(depth).sum())
        raise FrameError(f"depth has {count} pixels that are NaN or infinite; set unmeasured pixels to 0")
    if depth.min() < 0:
        raise FrameError(f"depth has a negative value {depth.min():.3f} m; z-depth is positive, 0 where unmeasured")
    if not depth.any():
        raise FrameError("depth is 0 everywhere: nothing was measured; check the depth camera and its topic")
