"""Checks of what cameras and joints report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import MessageRefused, require_finite, require_size, require_stamp

MAX_SIDE = 4096
"""Longest side of an image, pixels."""
DEPTH_TYPES: dict[str, type[np.generic]] = {"32FC1": np.float32, "16UC1": np.uint16}
COLOR_ORDERS = {"rgb8": (0, 1, 2), "rgba8": (0, 1, 2), "bgr8": (2, 1, 0), "bgra8": (2, 1, 0)}
"""Where red, green and blue stand in a pixel."""
DISTORTION_TOLERANCE = 1e-9
FOCAL_LENGTHS = (0.1, 100.0)
"""Plausible focal lengths in parts of the image's side along them: fields of view of 157 degrees to 0.6 degrees."""
CENTRES = (-1.0, 2.0)
"""Plausible principal points in parts of that side: beyond the image only where it was cropped, and not far."""


def _check_layout(message: Any, pixel_bytes: int) -> None:
    for side in ("width", "height"):
        value = getattr(message, side)
        if not 1 <= value <= MAX_SIDE:
            raise MessageRefused(side, value, f"must be 1 to {MAX_SIDE} pixels", "look at the driver's settings")
    require_size("step", message.step, message.width * pixel_bytes, "bytes in a row without padding")
    require_size("data", len(message.data), message.step * message.height, "step x height")


def check_color_image(message: Any) -> None:
    """sensor_msgs/Image, eight bits a channel, colours in any order, with or without opacity: encoding, sizes."""
    require_stamp(message.header.stamp)
    if message.encoding not in COLOR_ORDERS:
        raise MessageRefused("encoding", repr(message.encoding), f"must be one of {sorted(COLOR_ORDERS)}",
                             "set the driver to rgb8 or convert")  # fmt: skip
    _check_layout(message, color_bytes(message.encoding))


def color_bytes(encoding: str) -> int:
    """Bytes a pixel of a known colour encoding."""
    return 4 if "a" in encoding else 3


def depth_array(message: Any) -> NDArray[Any]:
    """The pixels [H, W] of a depth image as they are, without a copy."""
    dtype = np.dtype(DEPTH_TYPES[message.encoding]).newbyteorder(">" if message.is_bigendian else "<")
    return np.frombuffer(message.data, dtype=dtype).reshape(message.height, message.width)


def check_depth_image(message: Any, allow_not_finite: bool = False) -> None:
    """sensor_msgs/Image, 32FC1 metres or 16UC1 millimetres: encoding, sizes, finite, something measured.

    With ``allow_not_finite``, NaN and infinity mean "not measured" (REP 118) and pass.
    """
    require_stamp(message.header.stamp)
    if message.encoding not in DEPTH_TYPES:
        raise MessageRefused(
            "encoding", repr(message.encoding), f"must be one of {sorted(DEPTH_TYPES)}", "set the driver's depth format"
        )
    _check_layout(message, np.dtype(DEPTH_TYPES[message.encoding]).itemsize)
    depth = depth_array(message)
    finite = np.isfinite(depth)
    if not allow_not_finite and not finite.all():
        raise MessageRefused(
            "depth",
            f"not finite in {int((~finite).sum())} pixels",
            "must be finite",
            "set depth_not_finite to 'unmeasured' where the driver marks missing depth so",
        )
    measured = depth[finite]
    if not (measured > 0).any():
        raise MessageRefused(
            "depth", "0 everywhere", "something must be measured", "look whether the camera is covered"
        )
    if (measured < 0).any():
        raise MessageRefused("depth", f"{measured.min()}", "must not be negative", "look at the driver's depth format")


def check_camera_info(message: Any) -> None:
    """sensor_msgs/CameraInfo: sizes, focal lengths and centre that suit them, no distortion (rectified images)."""
    require_stamp(message.header.stamp)
    for side in ("width", "height"):
        if not 1 <= getattr(message, side) <= MAX_SIDE:
            raise MessageRefused(
                side, getattr(message, side), f"must be 1 to {MAX_SIDE} pixels", "calibrate the camera"
            )
    require_finite("k", np.asarray(message.k))
    if message.k[0] <= 0 or message.k[4] <= 0:
        raise MessageRefused(
            "focal lengths k[0], k[4]", (message.k[0], message.k[4]), "must be positive", "calibrate the camera"
        )
    for side, (focal, centre) in {"width": (0, 2), "height": (4, 5)}.items():
        _check_part(f"focal length k[{focal}]", message.k[focal], side, getattr(message, side), FOCAL_LENGTHS)
        _check_part(f"image centre k[{centre}]", message.k[centre], side, getattr(message, side), CENTRES)
    if len(message.d) and np.abs(np.asarray(message.d)).max() > DISTORTION_TOLERANCE:
        raise MessageRefused(
            "d", list(message.d), "must be all 0", "rectify the images and publish the rectified camera's info"
        )


def _check_part(what: str, value: float, side: str, size: int, parts: tuple[float, float]) -> None:
    low, high = size * parts[0], size * parts[1]
    if not low <= value <= high:
        rule = f"must be {low:g} to {high:g} for images with a {side} of {size}"
        raise MessageRefused(what, f"{value:g} pixels", rule, "calibrate the camera, or publish its info in pixels")


def require_joints(message: Any, names: Sequence[str], whose: str, remedy: str) -> None:
    """A checked sensor_msgs/JointState holds these joints, and perhaps others."""
    missing = [name for name in names if name not in message.name]
    if missing:
        raise MessageRefused(
            "name",
            list(message.name),
            f"must hold the joints of {whose}, {list(names)}; {missing} are missing",
            remedy,
        )


def check_joint_states(message: Any) -> None:
    """sensor_msgs/JointState: distinct names, sizes that agree, finite."""
    require_stamp(message.header.stamp)
    names = list(message.name)
    if not names or len(set(names)) != len(names):
        raise MessageRefused("name", names, "must be distinct names, one or more", "look at the driver's joint list")
    require_size("position", len(message.position), len(names), "one a name")
    for field in ("position", "velocity", "effort"):
        values = getattr(message, field)
        if len(values):
            require_size(field, len(values), len(names), "one a name, or none")
            require_finite(field, values)
