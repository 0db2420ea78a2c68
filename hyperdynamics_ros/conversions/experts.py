"""Banks of experts and interactions as messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hyperdynamics.msg import ExpertWeights, InteractionHistory
from isal import isal_zlib
from torch import Tensor

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.systems.system import System
from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.checks.systems import SYSTEMS
from hyperdynamics_ros.conversions.arrays import float_field, floats, time_message


def expert_message(bank: ExpertBank, stamp_ns: int, latent_code: Tensor) -> ExpertWeights:
    """A bank with its checksum; the sender adds method, model, sequence and episode."""
    message = ExpertWeights(system=bank.system.name, activation=bank.architecture.activation)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    message.input_clamp = bank.architecture.input_clamp
    message.layer_sizes = list(bank.architecture.layer_sizes)
    message.reference_yaw = float(bank.reference_yaw)
    message.yaws = float_field(bank.yaws)
    message.weights = float_field(bank.weights)
    message.latent_code = float_field(latent_code)
    message.checksum = isal_zlib.crc32(message.weights)
    return message


def bank_from(message: Any) -> ExpertBank:
    """The bank of a checked message; the tensors own their memory."""
    sizes = tuple(int(size) for size in message.layer_sizes)
    architecture = ExpertArchitecture(sizes, message.activation, message.input_clamp)
    weights = torch.from_numpy(floats(message.weights).copy()).view(-1, architecture.n_weights)
    yaws = torch.from_numpy(floats(message.yaws).copy())
    return ExpertBank(SYSTEMS[message.system], architecture, weights, yaws, message.reference_yaw)


def history_message(system: System, interactions: Interactions | None, stamp_ns: int) -> InteractionHistory:
    """Interactions [k, ...] of one system, or an empty history; the sender adds sequence and episode."""
    n_state, n_action = len(system.state_dimensions), len(system.action_dimensions)
    message = InteractionHistory(system=system.name, dt=system.dt, state_size=n_state, action_size=n_action)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    if interactions is not None:
        message.states = float_field(interactions.states)
        message.actions = float_field(interactions.actions)
        message.next_states = float_field(interactions.next_states)
    return message


def interactions_from(message: Any) -> Interactions | None:
    """Interactions [k, ...] of a checked history; None where it is empty."""
    if not len(message.actions):
        return None

    def rows(field: Any, size: int) -> Tensor:
        return torch.from_numpy(np.array(floats(field))).view(-1, size)

    return Interactions(
        rows(message.states, message.state_size),
        rows(message.actions, message.action_size),
        rows(message.next_states, message.state_size),
    )
