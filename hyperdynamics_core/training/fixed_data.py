"""The fixed-data protocol (Table 6): several methods and seeds learn from one set of episodes, and are told apart on
held-out ones: 1, 5 and 20 steps, with their own window, another episode's, and none.

Episodes are split as wholes into training, validation (which stops the training) and test. Run again, it goes on where
it stopped; finished models are not trained again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hyperdynamics_core.checkpoints import MODEL, CheckpointError, load_checkpoint
from hyperdynamics_core.data.episodes import Episode, EpisodeSet, join_sets
from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.evaluation.rollout_error import (
    EVIDENCE,
    RolloutErrorConfig,
    RolloutErrors,
    Scales,
    rollout_errors,
    summarise,
)
from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import TOLD_METHODS, make_method
from hyperdynamics_core.methods.storage import KIND, load_method, save_method
from hyperdynamics_core.methods.truth import truth_choices
from hyperdynamics_core.systems.known import SYSTEMS
from hyperdynamics_core.systems.system import System
from hyperdynamics_core.training.dynamics_config import FitConfig
from hyperdynamics_core.training.fit_dynamics import fit
from hyperdynamics_core.training.resume import as_json, filled
from hyperdynamics_core.whole_files import write_json

METRICS, MODEL_FOLDER = "metrics.json", "model"
METHODS = ("hyperdynamics", "global", "global-large", "direct", "recurrent", "told", "told-large", "hyperdynamics-told")


@dataclass(frozen=True)
class FixedDataConfig:
    """One table."""

    data: tuple[Path, ...]
    """Folders of episodes of one task, joined: for training, validation and the test on seen values."""
    out: Path
    """Gets metrics.json, and for each method and seed a folder with model/, log and states to resume from."""
    novel: tuple[Path, ...] = ()
    """Folders of episodes with values held out, all for testing."""
    methods: tuple[str, ...] = METHODS
    """Names in the registry."""
    start: Path | None = None
    """Checkpoint folder of a trained model to go on with (fine-tuning): its method, sizes and statistics are taken, its
    weights kept where nothing better is found."""
    seeds: tuple[int, ...] = (0, 1, 2)
    """Of weights and batches."""
    sizes: MethodConfig = field(default_factory=locomotion_sizes)
    """Of the methods' networks; what truth there is to tell is taken from the data."""
    fit: FitConfig = field(default_factory=FitConfig)
    """How they learn."""
    errors: RolloutErrorConfig = field(default_factory=RolloutErrorConfig)
    """How they are tested."""
    validation: float = 0.15
    """Share of the episodes that stop the training."""
    test: float = 0.2
    """Share of the episodes that nothing is learned from."""
    split_seed: int = 0
    """Of the draw of both."""

    def __post_init__(self) -> None:
        if not self.methods or not self.seeds:
            raise ValueError("give at least one method and one seed")
        if self.validation <= 0 or self.test <= 0 or self.validation + self.test >= 1:
            raise ValueError(
                f"validation and test must be positive shares that leave some, got {self.validation} and {self.test}"
            )


@dataclass(frozen=True)
class Splits:
    """Whole episodes."""

    training: tuple[Episode, ...]
    validation: tuple[Episode, ...]
    test: tuple[Episode, ...]


def run(config: FixedDataConfig, system: System | None = None, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Train what is not trained yet, test everything, write and return metrics.json.

    system: of the data, where it is none of the known ones. say gets a line for each model.

    Raises:
        DataFolderError: episodes that cannot be read or must not be mixed.
        ValueError: too few episodes to split, or an unknown method.
        CheckpointError: the folder holds models of another configuration or data.
    """
    torch.set_num_threads(1)
    seen, novel = _open(config.data), _open(config.novel) if config.novel else None
    if novel is not None:
        join_sets((seen, novel))
    system = system or SYSTEMS[seen.system]
    table = _Table(config, system, seen, novel)
    methods = {name: table.method(name, say) for name in table.names}
    document = {**table.description(), "methods": methods}
    write_json(config.out / METRICS, document)
    return document


def split_episodes(episodes: Sequence[Episode], config: FixedDataConfig) -> Splits:
    """Draw whole episodes. Raises ValueError where one part would be empty."""
    order = np.random.default_rng(config.split_seed).permutation(len(episodes)).tolist()
    n_test, n_validation = (round(share * len(episodes)) for share in (config.test, config.validation))
    if min(n_test, n_validation, len(episodes) - n_test - n_validation) < 1:
        raise ValueError(f"{len(episodes)} episodes are too few to split; collect more")
    parts = (order[n_test + n_validation :], order[n_test : n_test + n_validation], order[:n_test])
    training, validation, test = (tuple(episodes[index] for index in part) for part in parts)
    return Splits(training, validation, test)


class _Table:
    """What all methods share."""

    def __init__(self, config: FixedDataConfig, system: System, seen: EpisodeSet, novel: EpisodeSet | None) -> None:
        self.config, self.system, self.seen = config, system, seen
        self.splits = split_episodes(seen.episodes, config)
        self.tests = {"seen": self.splits.test} | ({"novel": novel.episodes} if novel else {})
        self.scales = Scales.of(WindowData(system, self.splits.training), config.errors.horizons)
        self.sizes = replace(config.sizes, truth_choices=truth_choices(seen.hidden_names, system))
        self.started = None if config.start is None else load_method(config.start, system)
        self.names = config.methods if self.started is None else self._only(self.started.info.name)

    def _only(self, name: str) -> tuple[str, ...]:
        """The method of the model that is gone on with."""
        if self.config.methods not in (METHODS, (name,)):
            raise ValueError(
                f"{self.config.start} holds {name!r}, so no other method can go on from it; leave methods out, or "
                f"train {', '.join(self.config.methods)} without start"
            )
        return (name,)

    def method(self, name: str, say: Callable[[str], None]) -> dict[str, Any]:
        """All seeds of one method. Returns its part of metrics.json."""
        models = [self.model(name, seed, say) for seed in self.config.seeds]
        kinds = EVIDENCE if models[0].n_int else EVIDENCE[:1]
        figures = {}
        for split, episodes in self.tests.items():
            errors: dict[str, list[RolloutErrors]] = {
                kind: [rollout_errors(model, episodes, self.scales, self.config.errors, kind) for model in models]
                for kind in kinds
            }
            figures[split] = {kind: summarise(each, self.config.errors) for kind, each in errors.items()}
        count = sum(parameter.numel() for parameter in models[0].parameters())
        return {"parameters": count, "told": name in TOLD_METHODS, **figures}

    def model(self, name: str, seed: int, say: Callable[[str], None]) -> LearnedMethod:
        """One trained model, from its checkpoint if it is there."""
        torch.manual_seed(seed)
        method = make_method(name, self.sizes, self.system)
        if self.config.start is not None:
            method = load_method(self.config.start, self.system).method
        out = self.config.out / name / f"seed-{seed}"
        document = self._document(seed)
        if (out / MODEL_FOLDER / MODEL).exists():
            return _take(out / MODEL_FOLDER, method, document, self.seen.fingerprint)
        generator = torch.Generator().manual_seed(seed)
        splits = self.splits
        result = fit(
            method,
            splits.training,
            splits.validation,
            self.config.fit,
            generator,
            out,
            self._data(),
            self.seen.hidden_names,
            trained=self.started is not None,
        )  # fmt: skip
        metrics = asdict(result)
        save_method(
            out / MODEL_FOLDER, method, config=document, metrics=metrics, data_fingerprint=self.seen.fingerprint
        )
        say(f"{name} seed {seed}: held out {result.held_out:.4f} after {result.best_update} updates")
        return method

    def _document(self, seed: int) -> dict[str, Any]:
        keys = ("fit", "sizes", "validation", "test", "split_seed")
        plain = {key: value for key, value in as_json(self.config).items() if key in keys}
        if self.started is not None:
            plain["start"] = self.started.sha256
        return {**plain, "seed": seed}

    def _data(self) -> str:
        return f"{self.seen.fingerprint}/{self.config.validation}/{self.config.test}/{self.config.split_seed}"

    def description(self) -> dict[str, Any]:
        """What the figures are of."""
        counts = {name: len(getattr(self.splits, name)) for name in ("training", "validation", "test")}
        return {
            "system": self.system.name,
            "physics": dict(self.seen.physics),
            "data_fingerprint": self.seen.fingerprint,
            "hidden": list(self.seen.hidden_names),
            "episodes": counts | {name: len(each) for name, each in self.tests.items()},
            "seeds": list(self.config.seeds),
        }


def _open(folders: Sequence[Path]) -> EpisodeSet:
    return join_sets([EpisodeSet.open(folder) for folder in folders])


def _take(folder: Path, method: LearnedMethod, config: dict[str, Any], fingerprint: str) -> LearnedMethod:
    checkpoint = load_checkpoint(folder, KIND, method.system.name)
    since = {"fit": as_json(FitConfig()), "sizes": as_json(MethodConfig())}
    if (filled(checkpoint.info.config, since), checkpoint.info.data_fingerprint) != (config, fingerprint):
        raise CheckpointError(f"{folder} was trained with another configuration or data; choose another out folder")
    method.load_state_dict(checkpoint.tensors)
    return method.eval()
