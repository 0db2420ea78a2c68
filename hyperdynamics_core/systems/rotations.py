"""Quaternions (xyzw, as in geometry_msgs) and rotation vectors, batched over leading dimensions."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def quaternion_multiply(a: Tensor, b: Tensor) -> Tensor:
    """Hamilton product a * b (b is applied first). a, b: [..., 4] xyzw. Returns [..., 4]."""
    ax, ay, az, aw = a.unbind(-1)
    bx, by, bz, bw = b.unbind(-1)
    return torch.stack(
        (
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ),
        dim=-1,
    )


def quaternion_conjugate(q: Tensor) -> Tensor:
    """Inverse of a unit quaternion. q: [..., 4] xyzw."""
    return torch.cat((-q[..., :3], q[..., 3:]), dim=-1)


def quaternion_exp(rotation: Tensor) -> Tensor:
    """Rotation vector [..., 3] (axis times angle, rad) to unit quaternion [..., 4] xyzw; smooth at zero."""
    half = 0.5 * rotation
    angle = torch.linalg.vector_norm(half, dim=-1, keepdim=True)
    return torch.cat((half * torch.sinc(angle / torch.pi), torch.cos(angle)), dim=-1)


def quaternion_log(q: Tensor) -> Tensor:
    """Unit quaternion [..., 4] xyzw to the shortest rotation vector [..., 3], rad."""
    q = torch.where(q[..., 3:] < 0, -q, q)
    sine = torch.linalg.vector_norm(q[..., :3], dim=-1, keepdim=True)
    angle = 2.0 * torch.atan2(sine, q[..., 3:])
    return q[..., :3] * torch.where(sine > 1e-7, angle / sine.clamp_min(1e-7), torch.full_like(sine, 2.0))


def yaw_of(q: Tensor) -> Tensor:
    """Heading about +z of unit quaternions [..., 4] xyzw, rad in (-pi, pi]. Returns [...]."""
    x, y, z, w = q.unbind(-1)
    return torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def yaw_of_array(xyzw: NDArray[np.float64]) -> float:
    """``yaw_of`` for one quaternion [4] that is an array, rad."""
    x, y, z, w = xyzw
    return float(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))


def yaw_quaternion(yaw: Tensor) -> Tensor:
    """Quaternions [..., 4] xyzw of rotations by yaw [...] about +z."""
    zero = torch.zeros_like(yaw)
    return torch.stack((zero, zero, torch.sin(0.5 * yaw), torch.cos(0.5 * yaw)), dim=-1)


def rotate_about_z(vectors: Tensor, yaw: Tensor) -> Tensor:
    """Turn vectors [..., 3] by yaw [...] (rad) about +z."""
    cosine, sine = torch.cos(yaw), torch.sin(yaw)
    x, y, z = vectors.unbind(-1)
    return torch.stack((cosine * x - sine * y, sine * x + cosine * y, z.expand_as(cosine * x)), dim=-1)
