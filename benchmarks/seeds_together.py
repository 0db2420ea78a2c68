"""Several seeds of one method learn in one batched program: one pass computes what all of them need.

Their parameters are stacked and the losses of all seeds mapped over at once (``torch.func``), so what PyTorch charges
for each operation is paid once, not once a seed. Each has its own batches, gradients, clipping and AdamW moments:
the same learning as one after the other to float32 rounding, and its trainer holds the result as if it had done it.

It is no part of the training commands: on a processor it is slower than one seed after the other, whose experts fit
into the caches one seed at a time (docs/performance.md). `python -m benchmarks train` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor, nn

from hyperdynamics_core.data.windows import WindowBatch, WindowData
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.truth import TruthCode
from hyperdynamics_core.training.dynamics import DynamicsTrainer, decayed, window_losses
from hyperdynamics_core.training.dynamics_config import DynamicsConfig

Stacked = dict[str, Tensor]
MOMENTS = ("exp_avg", "exp_avg_sq")
NOT_BATCHED = (nn.RNNBase, TruthCode)
"""PyTorch cannot map these over seeds: it has no rule for the one, the other looks at values before it goes on."""


def can_learn_together(method: LearnedMethod) -> bool:
    """Whether the method has no part that PyTorch cannot map over seeds (a GRU, or a code of the truth)."""
    return not any(isinstance(module, NOT_BATCHED) for module in method.modules())


def update_together(
    trainers: Sequence[DynamicsTrainer], data: WindowData, n_updates: int, rate: float = 1.0
) -> list[dict[str, float]]:
    """What ``trainer.update_on(data, n_updates, rate)`` does for each trainer. Returns the mean losses of each.

    Raises:
        ValueError: the trainers' methods or configurations differ, or the method cannot, see ``can_learn_together``.
        FloatingPointError: a loss is not finite any more.
    """
    _check(trainers)
    for trainer in trainers:
        trainer.method.train()
    seeds = _Seeds(trainers)
    config = trainers[0].config
    for update in range(n_updates):
        factor = rate * decayed(update, n_updates, config.decay)
        seeds.update([data.draw(config.windows, trainer.generator) for trainer in trainers], factor)
    seeds.hand_back(n_updates)
    for trainer in trainers:
        trainer.method.eval()
    return seeds.mean_losses(n_updates)


def _check(trainers: Sequence[DynamicsTrainer]) -> None:
    first = trainers[0]
    if not can_learn_together(first.method):
        raise ValueError(
            f"seeds of {first.method.name} cannot learn together: it has a GRU or is told the truth; train one after "
            "the other"
        )
    for trainer in trainers[1:]:
        if trainer.config != first.config or trainer.method.config != first.method.config:
            raise ValueError("only seeds of one method and configuration can learn together")


class _Losses(nn.Module):
    """The losses of one seed as a module's ``forward``, which is what ``functional_call`` can give parameters to."""

    def __init__(self, method: LearnedMethod, config: DynamicsConfig) -> None:
        super().__init__()
        self.method, self.config = method, config

    def forward(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        losses = window_losses(self.method, WindowBatch(**batch), self.config)
        return torch.stack(list(losses.values())).sum(), losses


class _Seeds:
    """Parameters and moments of all seeds, stacked [seeds, ...]."""

    def __init__(self, trainers: Sequence[DynamicsTrainer]) -> None:
        self.trainers, self.config = trainers, trainers[0].config
        self.updates = trainers[0].updates
        modules: list[nn.Module] = [_Losses(trainer.method, trainer.config) for trainer in trainers]
        self.parameters, self.buffers = torch.func.stack_module_state(modules)
        self.optimiser = torch.optim.AdamW(
            self.parameters.values(), lr=self.config.learning_rate, weight_decay=self.config.weight_decay, fused=True
        )
        self._take_moments()
        self._totals: dict[str, Tensor] = {}
        base = modules[0]

        def loss(parameters: Stacked, buffers: Stacked, batch: Stacked) -> Any:
            return torch.func.functional_call(base, (parameters, buffers), (batch,))

        self._gradients = torch.func.vmap(torch.func.grad_and_value(loss, has_aux=True))

    def update(self, batches: Sequence[WindowBatch], factor: float) -> None:
        """One update of every seed on its own batch, the rate times factor."""
        stacked = {
            each.name: torch.stack([getattr(batch, each.name) for batch in batches]) for each in fields(WindowBatch)
        }
        gradients, (totals, losses) = self._gradients(self.parameters, self.buffers, stacked)
        if not torch.isfinite(totals).all():
            raise FloatingPointError(
                f"the losses of the seeds are not finite: {totals.tolist()}; lower the learning rate"
            )
        for group in self.optimiser.param_groups:
            group["lr"] = factor * self.config.learning_rate
        self._clip(gradients)
        for name, parameter in self.parameters.items():
            parameter.grad = gradients[name]
        self.optimiser.step()
        for name, value in losses.items():
            self._totals[name] = self._totals.get(name, torch.zeros(len(totals))) + value.detach()

    def _clip(self, gradients: Stacked) -> None:
        """As ``clip_grad_norm_``, each seed by its own norm."""
        squares = torch.stack([gradient.flatten(1).square().sum(1) for gradient in gradients.values()])
        scale = (self.config.clip / (squares.sum(0).sqrt() + 1e-6)).clamp(max=1.0)
        for gradient in gradients.values():
            gradient.mul_(scale.view(-1, *[1] * (gradient.dim() - 1)))

    def mean_losses(self, n_updates: int) -> list[dict[str, float]]:
        """By seed and name."""
        return [
            {name: float(total[seed]) / n_updates for name, total in self._totals.items()}
            for seed in range(len(self.trainers))
        ]

    def hand_back(self, n_updates: int) -> None:
        """Write parameters, moments and counts into the trainers."""
        for seed, trainer in enumerate(self.trainers):
            trainer.updates += n_updates
            for name, parameter in _named(trainer):
                with torch.no_grad():
                    parameter.copy_(self.parameters[name][seed])
                state = self.optimiser.state[self.parameters[name]]
                own = trainer.optimiser.state[parameter]
                own["step"] = state["step"].clone()
                own |= {moment: state[moment][seed].clone() for moment in MOMENTS}

    def _take_moments(self) -> None:
        """The trainers' own moments, where they have made updates before."""
        for name, stacked in self.parameters.items():
            own = [trainer.optimiser.state.get(dict(_named(trainer))[name]) for trainer in self.trainers]
            if all(own):
                moments = {moment: torch.stack([state[moment] for state in own if state]) for moment in MOMENTS}
                self.optimiser.state[stacked] = {"step": own[0]["step"].clone(), **moments}  # type: ignore[index]


def _named(trainer: DynamicsTrainer) -> list[tuple[str, nn.Parameter]]:
    """The method's parameters by their names in ``_Losses``."""
    return [(f"method.{name}", parameter) for name, parameter in trainer.method.named_parameters()]
