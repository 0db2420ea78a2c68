"""From evidence in messages to codes and experts: how the nodes call a method of the core."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.control.interactions import InteractionLog
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.methods.interaction_steps import interaction_steps
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.shape_codes import ShapeTable
from hyperdynamics_core.systems.push import ORIENTATION
from hyperdynamics_core.systems.rotations import yaw_of


@torch.inference_mode()
def encode_at(
    method: LearnedMethod, log: InteractionLog, window: int, state: NDArray[np.float64]
) -> tuple[Tensor, int, float]:
    """z_int [n_int] of the newest interactions, at most window, turned to the object's yaw in a push state [16].

    An encoder of a fixed number gets fewer ones repeated. Returns the code, the number of interactions behind it (0:
    the code is zero), the yaw.
    """
    yaw = float(yaw_of(torch.from_numpy(state[ORIENTATION])))
    encoder = method.interaction_encoder
    fixed = encoder is not None and encoder.min_steps > 1
    wanted = encoder.min_steps if encoder is not None and fixed else window
    interactions = log.latest(wanted, fill=fixed)
    if encoder is None or interactions is None:
        return torch.zeros(method.n_int), 0, yaw
    features, differences = interaction_steps(method.system, interactions, yaw)
    code = method.interaction_code(features.unsqueeze(0), differences.unsqueeze(0))[0]
    return code, min(len(log), wanted), yaw


@torch.inference_mode()
def bank_of_codes(
    method: LearnedMethod, z_int: Tensor, z_vis: Tensor | None, reference_yaw: float, n_yaws: int
) -> ExpertBank:
    """Experts from z_int [n_int] and a table of z_vis [n, n_vis] over yaw (None: blind), interpolated to n_yaws.

    Raises:
        ValueError: a code is missing or of another size than the method's.
    """
    _check_sizes(method, z_int, z_vis)
    if method.n_vis == 0 or z_vis is None:
        weights = method.generate(z_int.unsqueeze(0), torch.zeros(1, 0))
        return ExpertBank(method.system, method.architecture, weights, torch.zeros(1), 0.0)
    yaws = torch.arange(n_yaws) * (math.tau / n_yaws)
    codes = ShapeTable(z_vis, reference_yaw).at(yaws)
    weights = method.generate(z_int.expand(n_yaws, -1), codes)
    return ExpertBank(method.system, method.architecture, weights, yaws, reference_yaw)


def _check_sizes(method: LearnedMethod, z_int: Tensor, z_vis: Tensor | None) -> None:
    size = 0 if z_vis is None else z_vis.shape[-1]
    if len(z_int) != method.n_int:
        raise ValueError(
            f"latent code has {len(z_int)} numbers, {method.name} takes {method.n_int}; "
            "start encoder and hypernetwork with one model"
        )
    if method.n_vis > 0 and size != method.n_vis:
        raise ValueError(
            f"shape codes have {size} numbers, {method.name} takes {method.n_vis}; "
            "start perception and hypernetwork with one model"
        )
