"""Learns dynamics from episodes: a few updates at a time from what an on-policy loop has collected so far, or ``fit``.

Inputs and deltas are normalised by statistics of all the data there are, refitted whenever there are new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.data.windows import WindowBatch, WindowConfig, WindowData
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.training.dynamics_config import DynamicsConfig
from hyperdynamics_core.training.losses import physics_loss
from hyperdynamics_core.training.resume import restore, state_tensors

METHOD = "method"


class Collection(Protocol):
    """Episodes that grow: a ``ReplayBuffer``."""

    added: int
    """Episodes ever added: changes whenever the content does."""
    hidden_names: tuple[str, ...]
    """What the columns of ``Episode.hidden`` are."""

    @property
    def episodes(self) -> Sequence[Episode]:
        """What is there now."""
        ...


class DynamicsTrainer:
    """A method, its optimiser and its source of chance; all of it is in ``state``."""

    def __init__(self, method: LearnedMethod, config: DynamicsConfig, generator: torch.Generator) -> None:
        """Raises ValueError where the config asks for a loss that the method has no head for."""
        if config.physics_weight > 0 and not method.requested_config.auxiliary_physics:
            raise ValueError(f"physics_weight {config.physics_weight} needs sizes.auxiliary_physics; set it, or 0")
        self.method, self.config, self.generator = method, config, generator
        self.updates = 0
        """Updates so far."""
        self.optimiser = torch.optim.AdamW(
            method.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self._data: WindowData | None = None
        self._added = -1

    def update(self, buffer: Collection, n_updates: int) -> dict[str, float]:
        """Make n_updates on the buffer's present content. Returns the mean losses by name.

        Statistics are refitted if the content changed since the last call.

        Raises:
            ValueError: the buffer is empty.
            FloatingPointError: the loss is not finite any more.
        """
        if self._data is None or buffer.added != self._added:
            self._data = WindowData(self.method.system, buffer.episodes, buffer.hidden_names)
            self._added = buffer.added
            fit_statistics(self.method, self._data, self.config)
        return self.update_on(self._data, n_updates)

    def update_on(self, data: WindowData, n_updates: int, rate: float = 1.0) -> dict[str, float]:
        """The same on data whose statistics the method has; rate scales the learning rate."""
        self.method.train()
        totals: dict[str, Tensor] = {}
        for update in range(n_updates):
            self._set_rate(rate * decayed(update, n_updates, self.config.decay))
            losses = window_losses(self.method, data.draw(self.config.windows, self.generator), self.config)
            self._step(losses)
            for name, loss in losses.items():
                totals[name] = totals.get(name, torch.zeros(())) + loss.detach()
        self.method.eval()
        return {name: float(total) / n_updates for name, total in totals.items()}

    def _set_rate(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate * self.config.learning_rate

    def _step(self, losses: Mapping[str, Tensor]) -> None:
        total = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(total):
            values = {name: float(loss.detach()) for name, loss in losses.items()}
            raise FloatingPointError(
                f"the loss is not finite at update {self.updates}: {values}; lower the learning rate"
            )
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.method.parameters(), self.config.clip)
        self.optimiser.step()
        self.updates += 1

    def state(self) -> dict[str, Tensor]:
        """Everything that changes, to go on exactly from (``resume.save_tensors`` writes it)."""
        tensors = state_tensors({METHOD: self.method}, self.optimiser, self.generator)
        return tensors | {"updates": torch.tensor(self.updates)}

    def load_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over what ``state`` gave. The data are not part of it: the next ``update`` reads the buffer anew."""
        restore(tensors, {METHOD: self.method}, self.optimiser, self.generator)
        self.updates = int(tensors["updates"])
        self._data, self._added = None, -1


def decayed(update: int, n_updates: int, share: float) -> float:
    """Factor of the rate at one of n_updates: 1, over the last share of them falling towards 0 in a straight line."""
    left = (n_updates - update) / n_updates
    return 1.0 if left >= share else left / share


def fit_statistics(method: LearnedMethod, data: WindowData, config: DynamicsConfig) -> None:
    """Normalise the method's inputs and deltas by all steps' mean and deviation, which has a floor."""
    inputs = _mean_and_deviation(data.features[data.steps], config.input_floor)
    outputs = _mean_and_deviation(data.deltas[data.steps], config.output_floor)
    method.normaliser.set(Normalisation(*inputs, *outputs))
    for part in method.parts():
        for code in (part.truth_code, part.physics_code):
            if code is not None:
                code.set(data.hidden[data.steps])


def _mean_and_deviation(values: Tensor, floor: float) -> tuple[Tensor, Tensor]:
    deviation, mean = torch.std_mean(values.double(), dim=0, correction=0)
    return mean.float(), deviation.clamp_min(floor).float()


def window_codes(method: LearnedMethod, batch: WindowBatch) -> Tensor:
    """z_int [B, n_int] of the batch's windows, or of the truth for a method that is told it."""
    if method.truth_code is not None:
        code: Tensor = method.truth_code(batch.truth)
        return code
    return method.interaction_code(batch.features, batch.differences, batch.mask)


def window_losses(method: LearnedMethod, batch: WindowBatch, config: DynamicsConfig) -> dict[str, Tensor]:
    """Scalar losses by name, weights applied: of single steps (L_pred, equation 1), of steps in a row, of the hidden
    values told from the codes.

    An ensemble's are the mean of its members', so that each learns as it would alone.
    """
    parts = [_window_losses(part, batch, config) for part in method.parts()]
    return {name: torch.stack([losses[name] for losses in parts]).mean() for name in parts[0]}


def _window_losses(method: LearnedMethod, batch: WindowBatch, config: DynamicsConfig) -> dict[str, Tensor]:
    z_int = window_codes(method, batch)
    experts = method.expert_function(z_int, z_int.new_zeros(len(z_int), 0))
    outputs = experts(method.normaliser.inputs(batch.target_features))
    losses = {"prediction": _charge(outputs - method.normaliser.outputs(batch.target_deltas), config.huber)}
    encoder, physics = method.interaction_encoder, method.physics_code
    if config.physics_weight > 0 and encoder is not None and physics is not None:
        losses["physics"] = config.physics_weight * physics_loss(encoder, z_int, physics(batch.truth), batch.mask)
    if batch.path_actions.shape[1] > 0:
        losses["unrolled"] = config.unroll_weight * _unrolled_loss(method, batch, experts, config)
    return losses


def _unrolled_loss(
    method: LearnedMethod, batch: WindowBatch, experts: Callable[[Tensor], Tensor], config: DynamicsConfig
) -> Tensor:
    """Mean loss of states that are predicted from predicted ones."""
    state, charges = batch.path_states[:, 0], []
    for step in range(batch.path_actions.shape[1]):
        features = method.system.features(state, batch.path_actions[:, step])
        outputs = experts(method.normaliser.inputs(features).unsqueeze(1)).squeeze(1)
        state = method.system.compose(state, method.normaliser.physical(outputs))
        error = method.system.difference(batch.path_states[:, step + 1], state) / method.normaliser.output_std
        # Errors add up along the way; the later ones must not drown the first.
        charges.append(_charge(error / (step + 1), config.huber))
    return torch.stack(charges).mean()


def _charge(errors: Tensor, huber: float) -> Tensor:
    if huber == 0:
        return errors.square().mean()
    return 2.0 * functional.huber_loss(errors, torch.zeros_like(errors), delta=huber)


@torch.no_grad()
def held_out_loss(
    method: LearnedMethod, data: WindowData, config: DynamicsConfig, batches: int = 32, seed: int = 0
) -> float:
    """Single-step loss on other episodes, on the same draw at every call, no window dropped."""
    generator = torch.Generator().manual_seed(seed)
    windows = WindowConfig(128, config.windows.targets, config.windows.steps, config.windows.reach, 0.0, mirrored=False)
    losses = [window_losses(method, data.draw(windows, generator), config)["prediction"] for _ in range(batches)]
    return float(torch.stack(losses).mean())
