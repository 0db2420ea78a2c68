"""Good messages to break in tests, and the small bank of experts behind them."""

from __future__ import annotations

import math

import numpy as np
import torch
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.msg import DetectedObject, DetectedObjects, ExpertWeights, InteractionHistory, LatentCode
from nav_msgs.msg import Odometry

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.vision.camera import Camera
from hyperdynamics_ros.conversions.arrays import float_field, point, time_message, vector
from hyperdynamics_ros.conversions.experts import expert_message, history_message
from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message

STAMP = 12_345_678_901


def push_state(seed: int = 0) -> np.ndarray:
    """A random push state [16]."""
    rng = np.random.default_rng(seed)
    state = rng.normal(size=16)
    state[3:7] /= np.linalg.norm(state[3:7])
    return state


def bank(n_yaws: int = 4) -> ExpertBank:
    architecture = ExpertArchitecture((12, 8, 15))
    weights = torch.randn(n_yaws, architecture.n_weights, generator=torch.Generator().manual_seed(0))
    yaws = torch.arange(n_yaws) * (math.tau / n_yaws)
    return ExpertBank(PUSH, architecture, weights, yaws, 0.7)


def camera() -> Camera:
    pose = np.eye(4)
    pose[:3, :3] = np.array(((0, 0, 1), (1, 0, 0), (0, 1, 0)))
    pose[:3, 3] = (0.1, -0.2, 0.9)
    return Camera(16, 12, 20.0, 21.0, 7.5, 5.5, pose)


def odometry() -> Odometry:
    return odometry_message(push_state(), STAMP)


def pose() -> PoseStamped:
    return end_effector_message(push_state(), STAMP)


def displacement(xyz: tuple[float, float, float] = (0.03, 0.0, 0.0), stamp: int = STAMP) -> Vector3Stamped:
    message = Vector3Stamped(vector=vector(xyz))
    message.header.stamp, message.header.frame_id = time_message(stamp), "world"
    return message


def objects(n_yaws: int = 4, code_size: int = 3) -> DetectedObjects:
    message = DetectedObjects(code_size=code_size, model="abc")
    message.header.stamp, message.header.frame_id = time_message(STAMP), "world"
    message.yaws = float_field(np.arange(n_yaws) * math.tau / n_yaws)
    item = DetectedObject(score=0.9, centre=point((0.1, 0, 0.02)), size=vector((0.1, 0.1, 0.04)))
    item.position = point((0.1, 0.01, 0.02))
    item.shape_codes = float_field(np.ones((n_yaws, code_size)))
    message.objects = [item, DetectedObject(score=0.5, size=vector((0.1, 0.1, 0.1)))]
    return message


def experts() -> ExpertWeights:
    return expert_message(bank(), STAMP, torch.tensor([0.5, -0.5]))


def history(k: int = 3) -> InteractionHistory:
    states = torch.from_numpy(np.stack([push_state(seed) for seed in range(k)])).float()
    return history_message(PUSH, Interactions(states, torch.ones(k, 3) * 0.01, states), STAMP)


def latent_code() -> LatentCode:
    message = LatentCode(system="push", code=float_field(np.array([0.1, 0.2])), interactions=5)
    message.header.stamp, message.header.frame_id = time_message(STAMP), "world"
    return message
