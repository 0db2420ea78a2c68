"""A pushing plan: every candidate's expert is generated anew at every step, from the object's map as it has turned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.comparison import Comparison, check_close, compare
from benchmarks.interleaved import Output
from hyperdynamics_core.methods.context import Context, Interactions, ObjectMap
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.methods.hyperdynamics import HyperDynamics
from hyperdynamics_core.methods.shape_codes import ExactShape, ShapeTable
from hyperdynamics_core.networks.expert import apply_expert
from hyperdynamics_core.networks.shape import ShapeEncoder
from hyperdynamics_core.planning.rollout import open_loop, unroll
from hyperdynamics_core.systems.push import ORIENTATION, PUSH
from hyperdynamics_core.systems.rotations import yaw_of

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Options(Output):
    """A pushing plan's rollouts: 30 candidates of 10 pushes, with obstacles as the paper plans."""

    model: Path = Path("models/push-hyperdynamics")
    """Checkpoint folder."""
    candidates: int = 30
    """Sequences."""
    horizon: int = 10
    """Pushes of a sequence; without obstacles the paper takes 1."""
    rounds: int = 15
    """Runs of every variant."""


@dataclass(frozen=True)
class Straightforward:
    """``Experts`` as the paper words them, batched: turn the map in 3D, encode it, write weights out, apply them."""

    method: HyperDynamics
    z_int: Tensor
    crop: ObjectMap

    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        """See ``Experts.predict``."""
        yaw = yaw_of(state[..., ORIENTATION]) - self.crop.yaw
        encoder = cast(ShapeEncoder, self.method.shape_encoder)
        z_vis = encode_in_3d(encoder, turn_in_3d(self.crop.features.expand(len(yaw), -1, -1, -1, -1), yaw))
        weights = self.method.normalised_weights(self.z_int.expand(len(yaw), -1), z_vis)
        inputs = self.method.normaliser.inputs(PUSH.features(state, action))
        return self.method.normaliser.physical(apply_expert(weights, inputs, self.method.network))


def turn_in_3d(maps: Tensor, yaw: Tensor) -> Tensor:
    """Maps [B, C, Z, Y, X] turned counter-clockwise by yaw [B] about +z, by sampling in three dimensions."""
    cosine, sine, zero = torch.cos(yaw), torch.sin(yaw), torch.zeros_like(yaw)
    back = torch.stack((cosine, sine, zero, zero, -sine, cosine, zero, zero, zero, zero, zero + 1, zero), -1)
    points = functional.affine_grid(back.reshape(-1, 3, 4), list(maps.shape), align_corners=False)
    return functional.grid_sample(maps, points, align_corners=False)


def encode_in_3d(encoder: ShapeEncoder, maps: Tensor) -> Tensor:
    """The shape encoder with its convolutions in three dimensions."""
    hidden = maps
    for layer in encoder.convolutions:
        convolution = cast(torch.nn.Conv3d, layer)
        hidden = functional.conv3d(hidden, convolution.weight, convolution.bias, padding=convolution.padding)
        hidden = functional.max_pool3d(functional.leaky_relu(hidden, 0.01), 2)
    return torch.as_tensor(encoder.head(hidden.flatten(1)))


@dataclass(frozen=True)
class Problem:
    """What is unrolled."""

    method: HyperDynamics
    interactions: Interactions
    crop: ObjectMap
    start: Tensor
    """[N, 16]."""
    actions: Tensor
    """[N, H, 3]."""

    def states(self, experts: Experts) -> Tensor:
        """[N, H + 1, 16]."""
        return unroll(PUSH, experts, self.start, open_loop(self.actions), self.actions.shape[1]).states


def make_problem(options: Options) -> Problem:
    """A made-up object: a disc with a bar, so that it has an orientation.

    Raises:
        CheckpointError: no such model.
        ValueError: the model is no HyperDynamics with eyes.
    """
    from hyperdynamics_core.methods.storage import load_method

    method = load_method(options.model).method
    if not isinstance(method, HyperDynamics) or not isinstance(method.shape_encoder, ShapeEncoder):
        raise ValueError(f"{options.model} must hold a HyperDynamics with a shape encoder, it holds {method.name!r}")
    generator = torch.Generator().manual_seed(0)
    shape = method.shape_encoder.config
    depth, height, width = shape.map_shape
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    solid = ((x**2 + y**2 < 0.15) | ((x.abs() < 0.7) & (y.abs() < 0.1))).float().expand(depth, -1, -1)
    crop = ObjectMap(solid.expand(shape.in_channels, -1, -1, -1).clone(), 0.3)
    start = torch.zeros(options.candidates, 16)
    start[:, 6], start[:, 13] = 1.0, -0.07
    pushes = 0.06 * torch.rand(options.candidates, options.horizon, 3, generator=generator) - 0.03
    pushes[..., 2] = 0.0
    states = start[:1].repeat(5, 1)
    states[:, :2] = 0.01 * torch.randn(5, 2, generator=generator)
    seen = Interactions(states, pushes.flatten(0, 1)[:5].clone(), states)
    return Problem(method, seen, crop, start, pushes)


def run(options: Options) -> dict[str, Any]:
    """Check that the exact ways agree, note how far the table is from them, time everything."""
    torch.set_num_threads(1)
    problem = make_problem(options)
    method, encoder = problem.method, cast(ShapeEncoder, problem.method.shape_encoder)

    def context(shape: Any) -> Context:
        return Context(problem.interactions, shape)

    exact, table = ExactShape(encoder, problem.crop), ShapeTable.encode(encoder, problem.crop, 72)
    plain = Straightforward(method, method.encode_interactions(context(exact)), problem.crop)
    bank = method.bank(context(table))
    found: dict[str, Callable[[], Tensor]] = {
        "straightforward, batched": lambda: problem.states(plain),
        "exact": lambda: problem.states(method.adapt(context(exact))),
    }
    differences = check_close(found, TOLERANCE)
    quick: dict[str, Callable[[], Tensor]] = {
        "table of z_vis over 72 yaws, made first": lambda: problem.states(
            method.bank(context(ShapeTable.encode(encoder, problem.crop, 72)))
        ),
        "table there, codes interpolated": lambda: problem.states(method.adapt(context(table))),
        "table and experts there (in the graph)": lambda: problem.states(bank),
    }
    wanted = found["exact"]()[..., :2]
    way = (wanted[:, -1] - wanted[:, 0]).norm(dim=-1).mean()
    notes = {"greatest difference of the exact ways": max(differences.values())}
    for name, states in quick.items():
        off = (states()[:, -1, :2] - wanted[:, -1]).norm(dim=-1).mean()
        notes[f"{name}: object's last position off by, parts of its way"] = float(off / way)
    title = f"Rollouts of a pushing plan, {options.candidates} x {options.horizon}, one thread"
    return compare(Comparison(title, {**found, **quick}, unit="plan", notes=notes), options.rounds)
