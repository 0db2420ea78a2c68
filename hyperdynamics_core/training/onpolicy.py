"""On-policy training (appendix B): collect with the newest model, learn from all that was collected, again and again.

The collector is passed in: this loop knows no simulator. The first iteration collects with random actions. A run that
was killed at any moment ends in the same weights and the same log as one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from hyperdynamics_core.checkpoints import ModelInfo
from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.data.replay_buffer import ReplayBuffer
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from hyperdynamics_core.systems.system import System
from hyperdynamics_core.training.dynamics import DynamicsTrainer
from hyperdynamics_core.training.final_fit import fit_finally
from hyperdynamics_core.training.hard_episodes import worst_specs
from hyperdynamics_core.training.onpolicy_config import OnPolicyConfig
from hyperdynamics_core.training.requests import RolloutRequest, make_requests
from hyperdynamics_core.training.resume import KIND, LAST, as_json, load_tensors, save_tensors
from hyperdynamics_core.training.run_log import RunLog
from hyperdynamics_core.whole_files import write_json

FREE = ("iterations", "patience", "final_updates", "final_method", "final_width", "final_unroll")
"""Of the configuration: how long it lasts may be decided anew when a run is gone on with."""
MODEL_FOLDER, NEWEST_FOLDER, STATES_FOLDER = "model", "newest", "states"
BUFFER = "episodes-{:04d}.npz"
"""An iteration's episodes, from 1; ``ReplayBuffer`` reads them."""


class Collector(Protocol):
    """Walks episodes."""

    def __call__(self, requests: Sequence[RolloutRequest]) -> list[Episode]:
        """The episodes that were asked for, in the same order."""
        ...


@dataclass(frozen=True)
class TaskInfo:
    """What is walked."""

    name: str
    """Robot and terrain."""
    system: System
    """The robot."""
    hidden_names: tuple[str, ...]
    """What the columns of ``Episode.hidden`` are."""


def train_on_policy(
    task: TaskInfo, collect: Collector, config: OnPolicyConfig, out: Path, card: str = "",
    say: Callable[[str], None] = print,
) -> Path:  # fmt: skip
    """Train to the end, resuming if the folder holds a state.

    Args:
        task: what is walked.
        collect: walks episodes.
        config: the run.
        out: folder for config.json, log.jsonl, tensorboard/, states/, newest/ and model/.
        card: text for the model's card.
        say: told a line of progress an iteration.

    Returns:
        Folder of the model: of the last fit if there is one, else of what had the best rolling average of the return.

    Raises:
        CheckpointError: the folder holds a state of another configuration (``FREE`` entries aside) or task.
        FloatingPointError: the loss is not finite any more.
        ValueError: an unknown method.
    """
    torch.set_num_threads(1)
    final = fresh_method(task, config.final())
    run = OnPolicyRun(task, collect, config, out, card)
    run.resume()
    with RunLog(out, run.iteration) as log:
        while not run.ended:
            values = run.advance()
            log.write(run.iteration, values)
            run.save()
            say(run.describe(values))
    if config.final_updates > 0:
        fit_finally(run, final, say)
    return run.model_folder


def buffer_paths(out: Path) -> list[Path]:
    """Files of the episodes that a run has collected so far, one an iteration, in their order."""
    return sorted((out / STATES_FOLDER).glob(BUFFER.replace("{:04d}", "*")))


def fresh_method(task: TaskInfo, config: OnPolicyConfig) -> LearnedMethod:
    """The method before it has learned anything."""
    torch.manual_seed(config.seed)
    return make_method(config.method, config.sizes, task.system)


class OnPolicyRun:
    """Everything that changes from iteration to iteration, and how."""

    def __init__(self, task: TaskInfo, collect: Collector, config: OnPolicyConfig, out: Path, card: str = "") -> None:
        self.task, self.collect, self.config, self.out, self.card = task, collect, config, out, card
        self.iteration = 0
        """Iterations done."""
        self.returns: list[float] = []
        """Mean return of every iteration's plain rollouts."""
        self.method = fresh_method(task, config)
        self.trainer = DynamicsTrainer(self.method, config.dynamics, torch.Generator().manual_seed(config.seed))
        self.buffer = ReplayBuffer(task.system, config.capacity, task.hidden_names)
        self._info = ModelInfo(KIND, config.method, task.system.name, {}, as_json(config), data_fingerprint=task.name)

    @property
    def model_folder(self) -> Path:
        """Where the best model is."""
        return self.out / MODEL_FOLDER

    @property
    def ended(self) -> bool:
        """All iterations are done, or the return has fallen for long (early stopping)."""
        stale = len(self.returns) - 1 - self._best()
        patience = self.config.patience
        return self.iteration >= self.config.iterations or (0 < patience <= stale and self.iteration > patience)

    def rolling(self, index: int) -> float:
        """Rolling average of the return after iteration ``index``, from 0, the random one left out."""
        first = max(1, index - self.config.rolling + 1)
        return float(np.mean(self.returns[first : index + 1])) if index >= 1 else -math.inf

    def _best(self) -> int:
        """Index of the iteration with the best rolling average; 0 while there was none with a model."""
        return max(range(len(self.returns)), key=self.rolling, default=0)

    def advance(self) -> dict[str, float]:
        """One iteration: collect, then learn. Returns what to log."""
        began = time.perf_counter()
        sha256 = self._save_model(NEWEST_FOLDER) if self.iteration > 0 else ""
        requests = self._requests(sha256)
        episodes = self.collect(requests)
        for episode in episodes:
            self.buffer.add(episode)
        self.returns.append(self._plain_return(requests, episodes))
        self.iteration += 1
        self._keep_best()
        collected = time.perf_counter()
        index = self.iteration - 1
        losses = self._learn(index)
        values = {"return/mean": self.returns[-1], "data/steps": float(self.buffer.steps)}
        values |= {"return/all": float(np.mean([episode.rewards.sum() for episode in episodes]))}
        values |= {"return/rolling": self.rolling(index)} if index else {}
        values |= {f"loss/{name}": value for name, value in losses.items()}
        self._seconds = (collected - began, time.perf_counter() - collected)
        return values

    def _learn(self, index: int) -> dict[str, float]:
        """From all data, after collection ``index``. Returns the mean losses by name."""
        config = self.config
        if not config.restarts_after(index):
            return self.trainer.update(self.buffer, config.updates_after(index, self.buffer.steps))
        self.method = fresh_method(self.task, config)
        fading = replace(config.dynamics, decay=1.0)
        losses = DynamicsTrainer(self.method, fading, self.trainer.generator).update(
            self.buffer, config.restart_updates * index
        )
        self.trainer = DynamicsTrainer(self.method, config.dynamics, self.trainer.generator)
        return losses

    def _requests(self, sha256: str) -> list[RolloutRequest]:
        model = self.out / NEWEST_FOLDER if self.iteration > 0 else None
        return make_requests(self.config, self.iteration, model, sha256, worst_specs(self.buffer.episodes))

    def _plain_return(self, requests: Sequence[RolloutRequest], episodes: Sequence[Episode]) -> float:
        plain = [
            float(episode.rewards.sum())
            for request, episode in zip(requests, episodes, strict=True)
            if request.is_plain(self.config.planner)
        ]
        return float(np.mean(plain))

    def _keep_best(self) -> None:
        """Keep the model that has just been walked with, if its rolling average is the best so far."""
        if self.iteration > 1 and self._best() == self.iteration - 1:
            self._save_model(MODEL_FOLDER)

    def _save_model(self, name: str) -> str:
        metrics: dict[str, float] = {"iterations": self.iteration, "updates": self.trainer.updates}
        if len(self.returns) > 1:
            metrics |= {"return_rolling": round(self.rolling(len(self.returns) - 1), 2)}
        return self.save_model(name, self.method, metrics)

    def save_model(self, name: str, method: LearnedMethod, metrics: Mapping[str, float]) -> str:
        """Write a model to one of the run's folders. Returns its SHA-256."""
        return save_method(
            self.out / name, method, card=self.card, config=dict(self._info.config) | {"task": self.task.name},
            metrics=metrics, data_fingerprint=f"{self.task.name}, {self.buffer.added} on-policy episodes",
        )  # fmt: skip

    def save(self) -> None:
        """State to resume from: the iteration's episodes first, then what says that they are there."""
        states = self.out / STATES_FOLDER
        states.mkdir(parents=True, exist_ok=True)
        self.buffer.save(self._buffer_path(self.iteration), newest=self.config.rollouts)
        tensors = self.trainer.state() | {"returns": torch.tensor(self.returns, dtype=torch.float64)}
        save_tensors(states, self.iteration, tensors, self._info)

    def resume(self) -> None:
        """Go on after the last whole iteration, if there is one; write the configuration down if there is none.

        Raises:
            CheckpointError: the state is damaged, or of another configuration or task.
        """
        self.out.mkdir(parents=True, exist_ok=True)
        if not (self.out / STATES_FOLDER / LAST).exists():
            write_json(self.out / "config.json", {"task": self.task.name, **self._info.config})
            return
        tensors: dict[str, Tensor] = load_tensors(self.out / STATES_FOLDER, self._info, FREE, as_json(OnPolicyConfig()))
        self.returns = [float(value) for value in tensors.pop("returns")]
        self.trainer.load_state(tensors)
        self.iteration = len(self.returns)
        self.buffer.load(*(self._buffer_path(number) for number in range(1, self.iteration + 1)))

    def _buffer_path(self, iteration: int) -> Path:
        return self.out / STATES_FOLDER / BUFFER.format(iteration)

    def describe(self, values: dict[str, float]) -> str:
        """One line on the iteration that has just been done."""
        index = self.iteration - 1
        rolling = f"rolling {self.rolling(index):.1f} best {self.rolling(self._best()):.1f}" if index else "random"
        walked, learned = self._seconds
        return (
            f"iteration {self.iteration}/{self.config.iterations}: return {self.returns[-1]:.1f} {rolling}, "
            f"{self.buffer.steps} steps, loss {values['loss/prediction']:.4f}, walked {walked:.0f} s, "
            f"learned {learned:.0f} s"
        )
