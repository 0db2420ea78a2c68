"""Checks of this project's own messages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from isal import isal_zlib

from hyperdynamics_core.networks.expert import ACTIVATIONS, ExpertArchitecture
from hyperdynamics_core.systems.system import System
from hyperdynamics_ros.checks.rules import (
    WORLD_FRAME,
    MessageRefused,
    floats,
    require_finite,
    require_frame,
    require_size,
    require_stamp,
)
from hyperdynamics_ros.checks.systems import require_system

YAW_TOLERANCE = 1e-4
"""How far a table of yaws may be from evenly spaced, rad."""
MAX_MEMBERS = 16
"""Experts of one yaw, one of each member of an ensemble."""
MAX_TRACE = 16
"""Times that a message may carry."""
MAX_TOLERANCE = 0.5
"""Largest tolerance of a goal, m."""


def _check_yaws(message: Any) -> int:
    yaws = floats(message.yaws)
    require_finite("yaws", yaws)
    even = np.arange(len(yaws)) * (math.tau / max(len(yaws), 1))
    if len(yaws) and np.abs(yaws - even).max() > YAW_TOLERANCE:
        raise MessageRefused(
            "yaws", f"{yaws[:3].tolist()}...", "must be evenly spaced over a full turn, 0 first", "use i * 2 pi / n"
        )
    return len(yaws)


def _check_codes(message: Any, codes: Any, n_yaws: int, what: str) -> None:
    require_size(what, len(codes), n_yaws * message.code_size, f"{n_yaws} yaws x code_size {message.code_size}")
    require_finite(what, floats(codes))


def check_detected_objects(message: Any) -> None:
    """hyperdynamics/DetectedObjects: frame, yaws, finite boxes of positive size, scores, codes of the right size."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id)
    n_yaws = _check_yaws(message)
    for index, item in enumerate(message.objects):
        what = f"objects[{index}]"
        if not 0.0 <= item.score <= 1.0:
            raise MessageRefused(f"{what}.score", item.score, "must be 0 to 1", "look at the detector's model")
        for field in ("centre", "position", "size"):
            vector = getattr(item, field)
            require_finite(f"{what}.{field}", (vector.x, vector.y, vector.z))
        if min(item.size.x, item.size.y, item.size.z) <= 0.0:
            raise MessageRefused(f"{what}.size", item.size, "must be positive", "look at the detector's model")
        if len(item.shape_codes):
            _check_codes(message, item.shape_codes, n_yaws, f"{what}.shape_codes")


def check_interaction_history(message: Any) -> None:
    """hyperdynamics/InteractionHistory: known system, its sizes and dt, finite numbers."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id)
    system = require_system(message.system)
    require_finite("dt", (message.dt,))
    if abs(message.dt - system.dt) > 1e-6:
        raise MessageRefused("dt", message.dt, f"must be {system.dt} s for {system.name}", "use models of one system")
    n_state, n_action = len(system.state_dimensions), len(system.action_dimensions)
    require_size("state", message.state_size, n_state, f"state of {system.name}")
    require_size("action", message.action_size, n_action, f"action of {system.name}")
    if len(message.actions) % n_action:
        raise MessageRefused("size of actions", len(message.actions), f"must be a multiple of {n_action}", "refill it")
    count = len(message.actions) // n_action
    for field, size in (("states", n_state), ("actions", n_action), ("next_states", n_state)):
        require_size(field, len(getattr(message, field)), count * size, f"{count} interactions of {size} numbers")
        require_finite(field, floats(getattr(message, field)))


def _check_trace(trace: Any) -> None:
    """Two times a node, in the order of the way."""
    if len(trace) % 2 or len(trace) > MAX_TRACE:
        raise MessageRefused("size of trace", len(trace), f"must be even and at most {MAX_TRACE}", "two times a node")
    require_finite("trace", np.array(trace))


def check_latent_code(message: Any) -> None:
    """hyperdynamics/LatentCode: known system, finite code and yaw."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id)
    require_system(message.system)
    require_finite("code", floats(message.code))
    require_finite("reference_yaw", (message.reference_yaw,))
    _check_trace(message.trace)


def _check_architecture(message: Any, system: System) -> ExpertArchitecture:
    sizes = tuple(int(size) for size in message.layer_sizes)
    ends = (len(system.feature_dimensions), len(system.delta_dimensions))
    if len(sizes) < 2 or min(sizes) < 1 or (sizes[0], sizes[-1]) != ends:
        raise MessageRefused(
            "layer_sizes", sizes, f"must run from {ends[0]} to {ends[1]} for {system.name}", "use models of one system"
        )
    if message.activation not in ACTIVATIONS:
        raise MessageRefused(
            "activation", repr(message.activation), f"must be one of {ACTIVATIONS}", "update this node"
        )
    if not 0.0 <= message.input_clamp < math.inf:
        raise MessageRefused(
            "input_clamp", message.input_clamp, "must be 0 (not clamped) or a positive number", "look at the model"
        )
    return ExpertArchitecture(sizes, message.activation, message.input_clamp)


def check_expert_weights(message: Any) -> None:
    """hyperdynamics/ExpertWeights: known system and architecture, sizes, finite weights, checksum."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id)
    architecture = _check_architecture(message, require_system(message.system))
    require_finite("reference_yaw", (message.reference_yaw,))
    count = _check_yaws(message)
    if count < 1:
        raise MessageRefused("size of yaws", 0, "must be at least 1", "send one expert a yaw, or [0.0] for one alone")
    n_weights, held = architecture.n_weights, len(message.weights)
    members = held // n_weights if count == 1 and held % n_weights == 0 else 1
    if not 1 <= members <= MAX_MEMBERS:
        raise MessageRefused("size of weights", held, f"must be those of 1 to {MAX_MEMBERS} members", "send less")
    require_size("weights", held, count * members * n_weights, f"{count * members} experts of {n_weights} weights")
    require_finite("weights", floats(message.weights))
    require_finite("latent_code", floats(message.latent_code))
    _check_trace(message.trace)
    checksum = isal_zlib.crc32(message.weights)
    if checksum != message.checksum:
        raise MessageRefused(
            "checksum", f"{message.checksum:#010x}", f"weights have {checksum:#010x}", "the message was altered: resend"
        )


def check_generate_request(message: Any) -> None:
    """Request of hyperdynamics/GenerateExpert: known system, finite codes of sizes that agree."""
    require_system(message.system)
    require_finite("latent_code", floats(message.latent_code))
    require_finite("reference_yaw", (message.reference_yaw,))
    n_yaws = _check_yaws(message)
    if bool(n_yaws) != bool(message.code_size):
        raise MessageRefused(
            "code_size", message.code_size, f"must be 0 exactly where there are no yaws ({n_yaws})", "fill both or none"
        )
    _check_codes(message, message.shape_codes, n_yaws, "shape_codes")


def check_push_goal(message: Any, goal_half: float, frame: str = WORLD_FRAME) -> None:
    """Goal of hyperdynamics/PushTo: frame, finite, not too near the edge (|x|, |y| <= goal_half, m), tolerance."""
    require_frame(message.goal.header.frame_id, frame, "goal.header.frame_id")
    position = message.goal.pose.position
    require_finite("goal.pose.position", (position.x, position.y))
    if max(abs(position.x), abs(position.y)) > goal_half:
        raise MessageRefused(
            "goal.pose.position",
            f"({position.x:.3f}, {position.y:.3f}) m",
            f"too near the table's edge or beyond it, |x| and |y| must be at most {goal_half:.3f} m",
            "choose a goal farther inside",
        )
    require_finite("tolerance", (message.tolerance,))
    if not 0.0 <= message.tolerance <= MAX_TOLERANCE:
        raise MessageRefused("tolerance", message.tolerance, f"must be 0 to {MAX_TOLERANCE} m", "0 takes the default")
