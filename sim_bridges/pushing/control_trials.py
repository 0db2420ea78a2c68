"""Table 2 in this process: which scenes, whose eyes, which method; handed to ``evaluate_control`` trial by trial."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from hyperdynamics_core.control.commands import CommandKind
from hyperdynamics_core.evaluation.control import (
    ControlEvaluationConfig,
    ControlResult,
    TrialResult,
    TrialRunner,
    evaluate_control,
)
from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.storage import StoredMethod, load_method, tuples
from hyperdynamics_core.planning.random_shooting import RandomShooting, RandomShootingConfig
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception
from sim_bridges.cluster import Cluster, Finder, connected_if
from sim_bridges.pushing.cameras import N_VIEWS, paper_camera
from sim_bridges.pushing.eyes import CameraEyes, Cropper, Eyes, OracleEyes, SceneRenderer
from sim_bridges.pushing.objects import object_names
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.rendering import Renderer
from sim_bridges.pushing.scene import SceneSpec, sample_goal, sample_obstacle_scene, sample_scene
from sim_bridges.pushing.trials import Trial, TrialOptions, TrialOutcome, workspace_of
from sim_bridges.pushing.world import PushWorld
from sim_bridges.workers import prepare_worker


@dataclass(frozen=True)
class PushTrialsConfig:
    """Everything that the trials depend on."""

    method: Path
    """Checkpoint folder of the method."""
    perception: Path | None = None
    """Checkpoint folder of perception; needed unless the pose is given."""
    task: Literal["reach", "obstacles"] = "reach"
    """Free (goals up to 25 cm away), or two obstacles (goals 24-40 cm away)."""
    split: str = "novel"
    """Objects: seen, novel or all."""
    variation: str = "paper"
    """Ranges of the hidden properties."""
    physics: str = "kuka"
    """Name of the physics."""
    oracle_pose: bool = False
    """Take position and boxes from the simulator instead of the camera."""
    swap: bool = False
    """Give the encoder the interactions of another object with other hidden properties."""
    camera: int | None = None
    """View 0 to 8; None: one at random each trial."""
    options: TrialOptions = field(default_factory=TrialOptions)
    """How a trial is run."""
    planner: RandomShootingConfig = field(default_factory=RandomShootingConfig)
    """The planner."""

    def __post_init__(self) -> None:
        if self.task not in ("reach", "obstacles"):
            raise ValueError(f"unknown task {self.task!r}; choose reach or obstacles")
        if self.perception is None and not self.oracle_pose:
            raise ValueError("without perception the camera sees nothing; give a perception checkpoint or oracle_pose")
        object_names(self.split)
        physics_named(self.physics)

    def as_dict(self) -> dict[str, Any]:
        """Plain values: what a trials file is checked against."""
        return dict(asdict(self))


def evaluate_push(
    config: PushTrialsConfig, evaluation: ControlEvaluationConfig, address: str | None = None
) -> ControlResult:
    """Success rate of a method (Table 2); address: of a cluster that runs the trials.

    Raises:
        CheckpointError: a checkpoint is missing or damaged.
        ValueError: the trials file holds trials of other settings.
    """
    stored = load_method(config.method)
    settings = {**config.as_dict(), "method": stored.sha256, "seeds": evaluation.seeds}
    runner = push_runner(config, evaluation.workers)
    with connected_if(address, evaluation.workers) as cluster:
        deal = functools.partial(_deal, cluster, config) if cluster else None
        return evaluate_control(runner, evaluation, settings, deal)


def _deal(cluster: Cluster, config: PushTrialsConfig, jobs: Sequence[tuple[int, int]]) -> Iterator[TrialResult]:
    """A ``Dealer``."""
    folders = [folder for folder in (config.method, config.perception) if folder is not None]
    for _, result in cluster.run(functools.partial(_trial_elsewhere, config), jobs, folders):
        yield result


def _trial_elsewhere(config: PushTrialsConfig, job: tuple[int, int], find: Finder) -> TrialResult:
    """On another machine."""
    perception = find(config.perception) if config.perception else None
    return _runner_of(replace(config, method=find(config.method), perception=perception))(*job)


@functools.lru_cache(maxsize=1)
def _runner_of(config: PushTrialsConfig) -> TrialRunner:
    return make_runner(config)


def push_runner(config: PushTrialsConfig, workers: int) -> Callable[[], TrialRunner]:
    """For ``evaluate_control``: makes one runner a process."""
    return functools.partial(make_worker if workers else make_runner, config)


def make_runner(config: PushTrialsConfig) -> TrialRunner:
    """Load the models once; the result runs trials."""
    torch.set_num_threads(1)
    return PushTrials(config).run


def make_worker(config: PushTrialsConfig) -> TrialRunner:
    """The same in a process of its own, which ends with its parent."""
    prepare_worker()
    return make_runner(config)


class PushTrials:
    """Runs trials by index: the same index and seed give the same scene, goal and camera to every method."""

    def __init__(self, config: PushTrialsConfig, method: LearnedMethod | None = None) -> None:
        """method: one that is not on disk (its shapes then need perception's maps)."""
        self.config = config
        stored = None if method is not None else load_method(config.method)
        self.method = method if method is not None else _method(stored)
        self.perception = Perception.load(config.perception) if config.perception is not None else None
        self.cropper = self._cropper(stored)
        self.physics = physics_named(config.physics)
        self.world = PushWorld(self.physics)
        self.renderer = Renderer()

    def run(self, index: int, seed: int) -> TrialResult:
        """One trial."""
        began = time.process_time()
        scene, goal = self.scene(index, seed)
        view = self._view(index, seed)
        generator = torch.Generator().manual_seed(_mix(seed, index, 2))
        options = self.config.options
        if self.config.swap:
            options = replace(options, other_interactions=self._others(index, seed, scene))
        outcome = self._trial(scene, view, generator, options).run(scene, goal)
        return self._result(index, seed, scene, goal, view, outcome, time.process_time() - began)

    def scene(self, index: int, seed: int, donor: bool = False) -> tuple[SceneSpec, tuple[float, float]]:
        """Scene and goal of a trial; ``donor``: of the object whose interactions the swap test takes."""
        rng = np.random.default_rng([seed, index, 3 if donor else 0])
        names = object_names(self.config.split)
        if self.config.task == "obstacles" and not donor:
            return sample_obstacle_scene(rng, names, self.config.variation, self.physics)
        scene = sample_scene(rng, names, self.config.variation, self.physics)
        return scene, sample_goal(rng, scene, self.physics)

    def trial(self, index: int, seed: int) -> tuple[Trial, SceneSpec, tuple[float, float]]:
        """A trial that is ready to run, for pictures and tests."""
        scene, goal = self.scene(index, seed)
        generator = torch.Generator().manual_seed(_mix(seed, index, 2))
        return self._trial(scene, self._view(index, seed), generator, self.config.options), scene, goal

    def _trial(self, scene: SceneSpec, view: int, generator: torch.Generator, options: TrialOptions) -> Trial:
        planner = RandomShooting(workspace_of(self.physics), generator, self.config.planner)
        return Trial(self.world, self._eyes(scene, view), self.method, planner, generator, options)

    def _eyes(self, scene: SceneSpec, view: int) -> Eyes:
        frames = SceneRenderer(self.renderer, scene, paper_camera(view)).frame
        if self.config.oracle_pose or self.perception is None:
            return OracleEyes(scene, frames, self.cropper)
        return CameraEyes(frames, self.perception, self.cropper)

    def _view(self, index: int, seed: int) -> int:
        if self.config.camera is not None:
            return self.config.camera
        return int(np.random.default_rng([seed, index, 1]).integers(N_VIEWS))

    def _others(self, index: int, seed: int, scene: SceneSpec) -> Interactions | None:
        donor, _ = self.scene(index, seed, donor=True)
        generator = torch.Generator().manual_seed(_mix(seed, index, 4))
        trial = self._trial(donor, self._view(index, seed), generator, self.config.options)
        return trial.probe(donor)

    def _cropper(self, stored: StoredMethod | None) -> Cropper | None:
        if self.method.n_vis == 0:
            return None
        if stored is not None and stored.maps is not None:
            return Cropper(MapConfig(**tuples(stored.maps)))
        if self.perception is None:
            raise ValueError(f"{self.method.name} needs the object's shape; give a perception checkpoint")
        return Cropper(self.perception.maps)

    def _result(
        self, index: int, seed: int, scene: SceneSpec, goal: tuple[float, float], view: int,
        outcome: TrialOutcome, cpu_seconds: float,
    ) -> TrialResult:  # fmt: skip
        planned = sum(record.kind is CommandKind.PUSH for record in outcome.records)
        details = {
            "object": scene.system.object,
            "mass": round(scene.system.mass, 1),
            "friction": scene.system.friction,
            "start": [round(scene.x, 4), round(scene.y, 4)],
            "goal": [round(value, 4) for value in goal],
            "camera": view,
            "message": outcome.finished.message,
            "cpu_seconds": round(cpu_seconds, 3),
        }
        return TrialResult(
            index, seed, outcome.success, outcome.code, outcome.true_distance, len(outcome.records), planned,
            outcome.commands, tuple(round(ms, 2) for ms in outcome.planning_ms), outcome.prediction_error, details,
        )  # fmt: skip


def _method(stored: StoredMethod | None) -> LearnedMethod:
    assert stored is not None
    return stored.method


def _mix(seed: int, index: int, stream: int) -> int:
    return int(np.random.SeedSequence([seed, index, stream]).generate_state(1, np.uint64)[0] >> 1)
