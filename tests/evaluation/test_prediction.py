"""Prediction errors against a world whose truth is known."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.trajectories import TrajectorySet, load_dataset
from hyperdynamics_core.evaluation.prediction import (
    PredictionConfig,
    evaluate_prediction,
    pool_seeds,
)
from hyperdynamics_core.methods.context import Context, ObjectMap
from tests.methods.examples import example_method, random_map
from tests.training.examples import write_pushes

ORACLE = PredictionConfig(oracle_position=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TrajectorySet:
    folder: Path = tmp_path_factory.mktemp("data") / "pushes"
    return load_dataset(write_pushes(folder, systems=8, per_system=2))


@dataclass
class Seen:
    """Sightings with a constant error of the detection, blind for the first ``missed`` trajectories."""

    data: TrajectorySet
    shift: float = 0.0
    missed: int = 0

    @property
    def positions(self) -> np.ndarray:
        positions = self.data.states[:, 0, :3] + np.array([self.shift, 0.0, 0.0], np.float32)
        positions[: self.missed] = np.nan
        return positions

    @property
    def found(self) -> np.ndarray:
        return np.isfinite(self.positions[:, 0])

    def object_map(self, index: int) -> ObjectMap:
        return random_map(torch.Generator().manual_seed(index))


def still_method():
    """XYZ that predicts that nothing ever moves."""
    method = example_method("xyz")
    with torch.no_grad():
        method.expert.zero_()
    method.normaliser.output_mean.zero_()
    return method


def test_a_model_that_predicts_rest_errs_by_the_motion(data: TrajectorySet) -> None:
    result = evaluate_prediction(still_method(), data, None, ORACLE)
    places = data.states[:, :, :3].astype(np.float64)
    for step in (1, 5):
        moved = 100 * np.linalg.norm(places[:, step] - places[:, 0], axis=-1)
        assert result.steps[step - 1].error_cm_mean == pytest.approx(moved.mean(), rel=1e-4)
    each = 100 * np.linalg.norm(np.diff(places, axis=1), axis=-1)
    assert result.one_step.error_cm_mean == pytest.approx(each.mean(), rel=1e-4)
    low, high = result.steps[0].error_cm_ci95
    assert low < result.steps[0].error_cm_mean < high and result.n == 16 and result.seeds == 1


def test_detection_errors_count_in_the_position_not_in_the_motion(data: TrajectorySet) -> None:
    exact, shifted = (
        evaluate_prediction(still_method(), data, Seen(data, shift), PredictionConfig()) for shift in (0.0, 0.02)
    )
    assert shifted.steps[0].motion_cm_mean == pytest.approx(exact.steps[0].motion_cm_mean, rel=1e-4)
    assert shifted.steps[0].error_cm_mean > exact.steps[0].error_cm_mean
    oracle = evaluate_prediction(still_method(), data, Seen(data, 0.02), ORACLE)
    assert oracle.steps[4].error_cm_mean == pytest.approx(exact.steps[4].error_cm_mean, rel=1e-5)


def test_missed_objects_are_left_out_and_counted(data: TrajectorySet) -> None:
    result = evaluate_prediction(example_method("direct"), data, Seen(data, missed=3), PredictionConfig())
    assert (result.n, result.missed) == (13, 3)


def test_whose_interactions_reach_the_encoder(data: TrajectorySet) -> None:
    received: dict[str, list[torch.Tensor | None]] = {}
    for kind in ("same", "swap", "none"):
        method, received[kind] = example_method("hyperdynamics", interaction_encoder="set"), []
        encode = method.encode_interactions

        def record(context: Context, kind: str = kind, encode=encode) -> torch.Tensor:
            received[kind].append(context.interactions.states if context.interactions else None)
            return encode(context)

        method.encode_interactions = record
        evaluate_prediction(method, data, Seen(data), PredictionConfig(interactions=kind, n_interactions=3))
    objects = data.data.object_index
    states = torch.from_numpy(data.states)
    for index in range(len(data)):
        assert received["none"][index] is None
        assert torch.equal(received["same"][index], states[index + 1 - 2 * (index % 2), :3])
        owner = [other for other in range(16) if torch.equal(received["swap"][index], states[other, :3])]
        assert objects[owner[0]] != objects[index]


def test_table_and_exact_codes_agree_nearly(data: TrajectorySet) -> None:
    method = example_method("hyperdynamics")
    exact, table = (
        evaluate_prediction(method, data, Seen(data), PredictionConfig(exact=exact)).steps[4].error_cm_mean
        for exact in (True, False)
    )
    assert exact == pytest.approx(table, rel=0.05)


def test_pooling_and_json(data: TrajectorySet) -> None:
    one = evaluate_prediction(still_method(), data, None, ORACLE)
    pooled = pool_seeds([one, one, one])
    assert pooled.seeds == 3 and pooled.steps[0].error_cm_mean == pytest.approx(one.steps[0].error_cm_mean)
    document = json.loads(json.dumps(pooled.as_dict(horizon=5)))
    assert document["error_cm_mean"] == document["steps"][4]["error_cm_mean"]
    assert document["n"] == 16 and document["horizon"] == 5 and math.isfinite(document["error_cm_std"])
    other = evaluate_prediction(example_method("direct"), data, Seen(data), PredictionConfig())
    with pytest.raises(ValueError, match="of one method"):
        pool_seeds([one, other])


def test_refused(data: TrajectorySet) -> None:
    with pytest.raises(ValueError, match="must come from sightings"):
        evaluate_prediction(still_method(), data, None, PredictionConfig())
    with pytest.raises(ValueError, match="0 of 16 sightings"):
        evaluate_prediction(still_method(), data, Seen(data, missed=16), PredictionConfig())
    with pytest.raises(ValueError, match="same.*swap.*none.*'other'"):
        PredictionConfig(interactions="other")
