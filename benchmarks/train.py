"""An update of HyperDynamics: experts evaluated from their factors, or their weights written out; and of several seeds,
one after the other or in one batched program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.comparison import Comparison, check_close, compare
from benchmarks.interleaved import Output
from benchmarks.seeds_together import update_together
from hyperdynamics_core.data.episodes import Episode, make_episode
from hyperdynamics_core.data.windows import WindowConfig, WindowData
from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.networks.expert import ExpertArchitecture, apply_expert
from hyperdynamics_core.networks.hypernetwork import Hypernetwork
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System
from hyperdynamics_core.training.dynamics import DynamicsTrainer, fit_statistics
from hyperdynamics_core.training.dynamics_config import DynamicsConfig

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
    seeds: int = 3
    """Of whole updates of a walker, together or not."""
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


def seeds_ways(options: Options) -> dict[str, Callable[[], Tensor]]:
    """Whole updates of several seeds of a walker on made-up episodes; the result is the mean of their losses."""
    config = DynamicsConfig(windows=WindowConfig(windows=options.windows, targets=options.targets), huber=0.3)
    data = WindowData(CHEETAH, [_made_up_episode(number) for number in range(4)], ("value",))

    def trainers() -> list[DynamicsTrainer]:
        made = []
        for seed in range(options.seeds):
            torch.manual_seed(seed)
            method = make_method("hyperdynamics", locomotion_sizes(), CHEETAH)
            fit_statistics(method, data, config)
            made.append(DynamicsTrainer(method, config, torch.Generator().manual_seed(seed)))
        return made

    alone, together = trainers(), trainers()

    def mean(losses: Sequence[dict[str, float]]) -> Tensor:
        return torch.tensor([sum(each.values()) for each in losses]).mean()

    return {
        "one seed after the other": lambda: mean([each.update_on(data, 1) for each in alone]),
        "in one batched program": lambda: mean(update_together(together, data, 1)),
    }


def _made_up_episode(seed: int) -> Episode:
    rng = np.random.default_rng(seed)
    states, actions = rng.normal(size=(101, 18)), rng.uniform(-1.0, 1.0, (100, 6))
    return make_episode(CHEETAH, 1, states, actions, np.zeros(100), np.zeros((100, 1)), "")


def run(options: Options) -> list[dict[str, Any]]:
    """One table for each domain, one for several seeds."""
    torch.set_num_threads(1)
    pushing, walking = hypernetwork(PUSH, MethodConfig()), hypernetwork(CHEETAH, locomotion_sizes())
    cases = {
        f"Pushing, {options.batch} samples, each its own expert": ways(pushing, options.batch, 1),
        f"Cheetah, {options.windows} windows of {options.targets} samples": ways(
            walking, options.windows, options.targets
        ),
        f"Cheetah, a whole update of {options.seeds} seeds": seeds_ways(options),
    }
    records = []
    for title, found in cases.items():
        notes = {"greatest difference": max(check_close(found, TOLERANCE).values())}
        comparison = Comparison(f"{title}: forward and backward, one thread", found, unit="update", notes=notes)
        records.append(compare(comparison, options.rounds))
    return records
