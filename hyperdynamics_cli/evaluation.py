"""What ``hyperdynamics evaluate push`` does once its options are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.evaluate_checks import check_horizon
from hyperdynamics_cli.models import find_model
from hyperdynamics_cli.results import write_json
from hyperdynamics_core.control.settings import PushTaskConfig
from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.recorded_crops import CROPS_FOLDER
from hyperdynamics_core.data.recorded_pushes import RECORDED
from hyperdynamics_core.data.trajectories import TrajectorySet, load_dataset, require_physics
from hyperdynamics_core.evaluation.control import ControlEvaluationConfig, ControlResult
from hyperdynamics_core.evaluation.pool_sightings import pool_sightings
from hyperdynamics_core.evaluation.prediction import (
    PredictionConfig,
    PredictionResult,
    evaluate_prediction,
    pool_seeds,
)
from hyperdynamics_core.methods.registry import PUSH_METHODS
from hyperdynamics_core.methods.storage import StoredMethod, load_method
from hyperdynamics_core.planning.random_shooting import RandomShootingConfig
from hyperdynamics_core.vision.perception import Perception
from sim_bridges.pushing.collect import CollectConfig, collect
from sim_bridges.pushing.control_trials import PushTrialsConfig, evaluate_push
from sim_bridges.pushing.objects import object_names
from sim_bridges.pushing.observe import observe
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.trials import TrialOptions

if TYPE_CHECKING:
    from hyperdynamics_cli.evaluate_push import Options

DEFAULT_METHOD = "hyperdynamics"
DEFAULT_TRIALS = 500
HELD_OUT_TRAJECTORIES, HELD_OUT_SEED = 1000, 1000
"""Pushes to measure errors on where none are named; no training uses this seed."""


def load_models(options: Options) -> list[tuple[Path, StoredMethod]]:
    """The models to evaluate, all of one method.

    Raises:
        UserError: none there, or of another method than asked for.
    """
    folders = [find_model(given) for given in options.model] or [default_model(options.method or DEFAULT_METHOD)]
    models = [(folder, load_method(folder)) for folder in folders]
    for folder, stored in models:
        expected = options.method or models[0][1].info.name
        if stored.info.name != expected:
            raise UserError(f"{folder} holds the method {stored.info.name!r}, not {expected!r}")
    return models


def default_model(method: str) -> Path:
    """models/push-METHOD.

    Raises:
        UserError: no such method, or its model does not come with the package.
    """
    if method not in PUSH_METHODS:
        raise UserError(f"--method is {method!r}; it must be one of {', '.join(PUSH_METHODS)}")
    try:
        return find_model(Path(f"models/push-{method}"))
    except UserError:
        raise UserError(
            f"there is no model models/push-{method}; train the methods with `scripts/train_push.sh methods`, then "
            f"give --model runs/paper-{method}-0/model"
        ) from None


def evaluate_errors(options: Options) -> int:
    """Table 1: error of the predicted motion."""
    torch.set_num_threads(1)
    if options.data is None:  # else a thousand pushes are collected before it is noticed
        check_horizon(options.horizon, held_out_config(options).steps, "the data that are collected")
    models = load_models(options)
    options = replace(options, data=data_folder(options))
    data = load_data(options)
    check_horizon(options.horizon, data.actions.shape[1], str(options.data))
    for _, stored in models:
        require_physics(stored.info.physics_fingerprint, data.physics_fingerprint, str(options.data))
    config = PredictionConfig(
        interactions="none" if options.no_interactions else "swap" if options.swap else "same",
        oracle_position=options.oracle_pose,
        exact=options.shape_codes != "table",
        seed=options.seed[0],
    )
    results = [
        evaluate_prediction(stored.method, data, _sightings(options, stored, data), config) for _, stored in models
    ]
    result = pool_seeds(results, options.seed[0]) if len(results) > 1 else results[0]
    _say_errors(result, options)
    seeds = [stored.info.config.get("seed", 0) for _, stored in models]
    write_json(
        options.json, {**result.as_dict(options.horizon), "trials": result.n, "seeds": seeds, "split": options.split}
    )
    return 0


def load_data(options: Options) -> TrajectorySet:
    """Recorded pushes of the split in ``options.data``; a user's own meshes and recorded objects belong to any split.

    Raises:
        UserError: of other objects.
    """
    assert options.data is not None
    data = load_dataset(options.data)
    names = {data.object_name(index) for index in range(len(data))} - set(object_names(options.split))
    if strangers := {name for name in names if not name.startswith(("folder:", RECORDED))}:
        shown = ", ".join(sorted(strangers)[:3])
        raise UserError(f"{options.data} holds {shown}, which are not of the split {options.split!r}; give its --split")
    return data if options.trials is None else data.subset(np.arange(min(len(data), options.trials)))


def data_folder(options: Options) -> Path:
    """The named folder, or one of held-out pushes that is collected for this evaluation and kept for the next."""
    if options.data is not None:
        return options.data
    config = held_out_config(options)
    print(f"held-out pushes in {config.out}")
    collect(config)
    return config.out


def held_out_config(options: Options) -> CollectConfig:
    """What is collected where no data are named."""
    count = HELD_OUT_TRAJECTORIES if options.trials is None else options.trials
    return CollectConfig(
        out=Path("data") / f"held-out-{options.split}-{options.variation}-{count}",
        trajectories=count,
        workers=max(1, options.workers),
        cluster=options.cluster,
        variation=options.variation,
        split=options.split,
        seed=HELD_OUT_SEED,
    )


def _sightings(options: Options, stored: StoredMethod, data: TrajectorySet) -> Any:
    """What perception sees of the data; None for a blind method that is told the position.

    Objects that nobody named cannot be rendered: what a camera saw of them when they were recorded takes that place.
    """
    if options.oracle_pose and stored.method.n_vis == 0:
        return None
    assert options.data is not None
    if any(name.startswith(RECORDED) for name in data.object_names):
        return pool_sightings(data, CropPool.open(options.data / CROPS_FOLDER), options.seed[0])
    perception = Perception.load(find_model(options.perception_model))
    return observe(data, perception, options.seed[0], options.data)


def _say_errors(result: PredictionResult, options: Options) -> None:
    figures, single = result.steps[options.horizon - 1], result.one_step
    low, high = figures.error_cm_ci95
    print(
        f"{result.method}, {options.split} objects, t = {options.horizon}: {figures.error_cm_mean:.2f} cm "
        f"(95 %: {low:.2f} to {high:.2f}), median {figures.error_cm_median:.2f}, deviation {figures.error_cm_std:.2f}; "
        f"{result.n} trajectories, {result.missed} without a detection, {result.seeds} trained models"
    )
    low, high = single.error_cm_ci95
    print(
        f"  single steps from true states, mean of all: {single.error_cm_mean:.2f} cm (95 %: {low:.2f} to {high:.2f})"
    )


def evaluate_goals(options: Options) -> int:
    """Table 2: success in pushing to goals."""
    if len(options.model) > 1:
        raise UserError("--task takes one --model; run it once a model")
    ((folder, stored),) = load_models(options)
    assert options.task is not None
    planner, push = planner_config(options), push_config(options)
    config = PushTrialsConfig(
        method=folder,
        perception=None if options.oracle_pose and stored.method.n_vis == 0 else find_model(options.perception_model),
        task=options.task,
        split=options.split,
        variation=options.variation,
        oracle_pose=options.oracle_pose,
        swap=options.swap,
        options=TrialOptions(push=push, exact=options.shape_codes == "exact"),
        planner=planner,
    )
    trials = DEFAULT_TRIALS if options.trials is None else options.trials
    world, remedy = physics_named(config.physics).fingerprint(), "train the method on pushes that are collected in it"
    require_physics(stored.info.physics_fingerprint, world, f"the simulated world ({config.physics})", remedy)
    evaluation = ControlEvaluationConfig(trials, options.seed, options.workers, options.trials_file)
    result = evaluate_push(config, evaluation, options.cluster)
    _say_goals(result, options, stored.info.name)
    print(
        f"  {result.mean_steps:.1f} pushes a goal, error of a push {100 * result.prediction_error_m:.2f} cm, "
        f"planning {result.planning_ms_p50:.0f} ms (95th percentile {result.planning_ms_p95:.0f} ms)"
    )
    extra: dict[str, Any] = {"method": stored.info.name, "task": options.task, "split": options.split}
    extra |= {"candidates": planner.sampling.candidates, "max_pushes": push.max_pushes}
    extra |= {"planning_horizon": planner.horizon if options.task == "reach" else planner.obstacle_horizon}
    write_json(options.json, {**result.as_dict(), "error_cm_mean": 100 * result.prediction_error_m, **extra})
    return 0


def planner_config(options: Options) -> RandomShootingConfig:
    """The planner with what the options change.

    Raises:
        UserError: no candidates, or no pushes to look ahead.
    """
    config = RandomShootingConfig()
    candidates, horizon = options.candidates, options.planning_horizon
    if candidates is not None:
        if candidates < 1:
            raise UserError(f"--candidates {candidates} must be 1 or more")
        config = replace(config, sampling=replace(config.sampling, candidates=candidates))
    if horizon is not None:
        if horizon < 1:
            raise UserError(f"--planning-horizon {horizon} must be 1 or more")
        config = replace(config, horizon=horizon, obstacle_horizon=horizon)
    return config


def push_config(options: Options) -> PushTaskConfig:
    """The push task with what the options change.

    Raises:
        UserError: no pushes.
    """
    if options.max_pushes is None:
        return PushTaskConfig()
    if options.max_pushes < 1:
        raise UserError(f"--max-pushes {options.max_pushes} must be 1 or more")
    return PushTaskConfig(max_pushes=options.max_pushes)


def _say_goals(result: ControlResult, options: Options, method: str) -> None:
    low, high = result.success_ci95
    why = ", ".join(f"{count} {code.lower().replace('_', ' ')}" for code, count in result.failures.items())
    print(
        f"{method}, {options.split} objects, {options.task}: success {result.success_rate:.3f} "
        f"(95 %: {low:.3f} to {high:.3f}) over {result.trials} goals{f'; failures: {why}' if why else ''}"
    )
