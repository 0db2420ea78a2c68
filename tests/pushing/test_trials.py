"""Real closed-loop trials on the gantry, planned with an untrained expert: the loop is tested, not the skill."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.control.settings import PushTaskConfig
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.methods.learned import AdaptedExperts
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from sim_bridges.pushing.control_trials import PushTrials, PushTrialsConfig
from sim_bridges.pushing.trials import TrialOptions

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "xyz"
    save_method(folder, make_method("xyz", MethodConfig()))
    return folder


def config(checkpoint: Path, **changes) -> PushTrialsConfig:
    return PushTrialsConfig(method=checkpoint, oracle_pose=True, physics="gantry", **changes)


def test_a_trial_runs_to_an_end_and_repeats_itself(checkpoint):
    first, second = (PushTrials(config(checkpoint)).run(3, 0) for _ in range(2))
    assert first.code in {"SUCCESS", "MAX_STEPS", "OUT_OF_TABLE", "NO_PLAN"}
    assert first.success == (first.code == "SUCCESS")
    again = dataclasses.replace(second, planning_ms=first.planning_ms, details=first.details)
    assert repr(again) == repr(first)


def test_scenes_depend_on_index_and_seed_alone(checkpoint):
    trials = PushTrials(config(checkpoint))
    assert trials.scene(1, 0) == PushTrials(config(checkpoint, swap=True)).scene(1, 0)
    assert trials.scene(1, 0) != trials.scene(2, 0)
    assert trials.scene(1, 0) != trials.scene(1, 1)


def test_obstacle_scenes_have_two_obstacles(checkpoint):
    scene, goal = PushTrials(config(checkpoint, task="obstacles")).scene(0, 0)
    assert len(scene.obstacles) == 2
    assert 0.24 <= np.hypot(goal[0] - scene.x, goal[1] - scene.y) <= 0.40


def test_probes_give_interactions_for_a_swap(checkpoint):
    trials = PushTrials(config(checkpoint))
    trial, scene, _ = trials.trial(0, 0)
    interactions = trial.probe(scene)
    assert interactions is not None
    assert interactions.states.shape == (5, 16)


def test_without_perception_and_pose_it_is_refused(checkpoint):
    with pytest.raises(ValueError, match="perception"):
        PushTrialsConfig(method=checkpoint)


def test_an_unknown_task_is_refused(checkpoint):
    with pytest.raises(ValueError, match="unknown task"):
        config(checkpoint, task="juggle")


@pytest.mark.parametrize(("exact", "kind"), [(False, ExpertBank), (True, AdaptedExperts)])
def test_shape_codes_come_from_a_table_or_exactly(exact, kind):
    options = TrialOptions(PushTaskConfig(max_pushes=1), exact=exact)
    trials = PushTrials(PushTrialsConfig(MODELS / "push-hyperdynamics", MODELS / "push-perception", options=options))
    trial, scene, goal = trials.trial(0, 0)
    trial.run(scene, goal)
    assert isinstance(trial.experts, kind)
