"""An update of HyperDynamics: experts evaluated from their factors, or their weights written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.comparison import Comparison, check_close, compare
from benchmarks.interleaved import Output
from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes
from hyperdynamics_core.networks.expert import ExpertArchitecture, apply_expert
from hyperdynamics_core.networks.hypernetwork import Hypernetwork
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Options(Output):
    """Forward and backward through hypernetwork and experts."""

    batch: int = 128
    """Samples, each with its own expert (pushing)."""
    windows: int = 32
    """Windows of a batch (locomotion)."""
    targets: int = 16
    """Samples that share a window's expert."""
    rounds: int = 30
    """Runs of every variant."""


def hypernetwork(system: System, sizes: MethodConfig) -> Hypernetwork:
    """Untrained, of a method's sizes."""
    torch.manual_seed(0)
    layers = (len(system.feature_dimensions), *sizes.hidden_sizes, len(system.delta_dimensions))
    architecture = ExpertArchitecture(layers, sizes.activation)
    return Hypernetwork(sizes.n_int + sizes.n_vis, architecture, sizes.hypernetwork_hidden)


def gradient(network: Hypernetwork, outputs: Tensor) -> Tensor:
    """Of the mean square of the outputs, by the basis."""
    network.zero_grad(set_to_none=True)
    outputs.square().mean().backward()  # type: ignore[no-untyped-call, unused-ignore]
    assert network.basis.grad is not None
    return network.basis.grad


def ways(network: Hypernetwork, groups: int, size: int) -> dict[str, Callable[[], Tensor]]:
    """Both ways for groups of samples [groups, size, n_in] that share a code; the result is the basis' gradient."""
    codes = torch.randn(groups, network.hidden.in_features)
    inputs = torch.randn(groups, size, network.architecture.layer_sizes[0])

    def written_out() -> Tensor:
        return gradient(network, apply_expert(network(codes), inputs, network.architecture))

    def factored() -> Tensor:
        spread = codes.repeat_interleave(size, 0)
        return gradient(network, network.factored(spread, inputs.flatten(0, 1)))

    return {"weights written out": written_out, "factored": factored}


def run(options: Options) -> list[dict[str, Any]]:
    """One table for each domain."""
    torch.set_num_threads(1)
    pushing, walking = hypernetwork(PUSH, MethodConfig()), hypernetwork(CHEETAH, locomotion_sizes())
    cases = {
        f"Pushing, {options.batch} samples, each its own expert": ways(pushing, options.batch, 1),
        f"Cheetah, {options.windows} windows of {options.targets} samples": ways(
            walking, options.windows, options.targets
        ),
    }
    records = []
    for title, found in cases.items():
        notes = {"greatest difference": max(check_close(found, TOLERANCE).values())}
        comparison = Comparison(f"{title}: forward and backward, one thread", found, unit="update", notes=notes)
        records.append(compare(comparison, options.rounds))
    return records
