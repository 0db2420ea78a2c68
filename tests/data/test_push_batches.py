from pathlib import Path

import pytest
import torch

from hyperdynamics_core.data.push_batches import BatchConfig, PushBatch, PushBatches
from hyperdynamics_core.data.push_samples import PushSamples, layout, same_system
from hyperdynamics_core.data.trajectories import load_dataset
from hyperdynamics_core.methods.interaction_steps import turn_vectors
from tests.training.examples import write_pushes


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> PushSamples:
    folder: Path = tmp_path_factory.mktemp("data") / "pushes"
    return layout(load_dataset(write_pushes(folder, systems=9, per_system=3)))


def draw(samples: PushSamples, seed: int = 0, **config: object) -> PushBatch:
    return PushBatches(samples, BatchConfig(**config)).draw(torch.Generator().manual_seed(seed))  # type: ignore[arg-type]


def test_layout(samples: PushSamples) -> None:
    assert len(samples) == 27 * 5 and samples.features.shape == (135, 12) and samples.delta.shape == (135, 15)
    assert samples.others.shape == (27, 2)
    assert torch.equal(samples.first_yaw[5:10], samples.yaw[5].expand(5))
    assert float(samples.physics[:, 0].std()) == pytest.approx(1.0, abs=0.05)


def test_same_system_leaves_the_trajectory_itself_out() -> None:
    others = same_system(torch.tensor([4, 4, 9, 4]))
    assert others.tolist() == [[1, 3], [0, 3], [-1, -1], [0, 1]]


def test_samples_are_turned_as_a_whole(samples: PushSamples) -> None:
    batch = draw(samples, size=64)
    turns = batch.group_yaw - samples.yaw[batch.rows]
    torch.testing.assert_close(turn_vectors(batch.features, -turns), samples.features[batch.rows], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(turn_vectors(batch.delta, -turns), samples.delta[batch.rows], atol=1e-5, rtol=1e-4)
    assert turns.std() > 1.0


def test_groups_share_object_and_yaw(samples: PushSamples) -> None:
    batch = draw(samples, size=64, group_size=8)
    assert batch.group_size == 8 and len(batch.group_yaw) == 8
    assert torch.equal(samples.object_index[batch.rows], batch.spread(batch.group_object))
    assert len(batch.rows.unique()) > 30


@pytest.mark.parametrize("random", [False, True])
def test_interactions_come_from_another_trajectory_of_the_same_system(samples: PushSamples, random: bool) -> None:
    batches = PushBatches(samples, BatchConfig(256, 1, 7 if random else 5, random, interaction_dropout=0.0))
    rows = torch.arange(0, 135, 3)
    steps, mask = batches._interactions(rows, torch.Generator().manual_seed(1))
    own = (rows // 5).unsqueeze(1).expand_as(steps)[mask]
    other = (steps // 5)[mask]
    assert (other != own).all() and (other // 3 == own // 3).all()
    counts = mask.sum(1)
    assert set(counts.tolist()) == ({1, 2, 3, 4, 5, 6, 7} if random else {5})
    for row, keep in zip(steps, mask, strict=True):
        assert len(row[keep].unique()) == int(keep.sum())


def test_interactions_are_turned_to_the_yaw_at_which_the_object_was_seen(samples: PushSamples) -> None:
    batch = draw(samples, size=32)
    turns = batch.group_yaw - samples.yaw[batch.rows]
    seen_yaw = samples.first_yaw[batch.rows] + turns
    again = turn_vectors(batch.step_features, -seen_yaw.unsqueeze(1).expand(-1, 5))
    in_object_frame = turn_vectors(samples.features, -samples.yaw)
    distance = torch.cdist(again.flatten(0, 1), in_object_frame).amin(1)
    assert distance.max() < 1e-3  # cdist itself is good to 1e-4 only


def test_dropout_and_missing_partners_mask_all_interactions(samples: PushSamples, tmp_path: Path) -> None:
    assert not draw(samples, size=32, interaction_dropout=1.0).step_mask.any()
    half = draw(samples, size=256, interaction_dropout=0.5).step_mask.any(1).float().mean()
    assert 0.3 < float(half) < 0.7
    alone = layout(load_dataset(write_pushes(tmp_path / "alone", systems=4, per_system=1)))
    for random in (False, True):
        assert not draw(alone, size=16, random_interactions=random).step_mask.any()


def test_same_generator_same_batch(samples: PushSamples) -> None:
    first, again, other = (draw(samples, seed, size=16, random_interactions=True) for seed in (3, 3, 4))
    assert torch.equal(first.features, again.features) and torch.equal(first.step_mask, again.step_mask)
    assert not torch.equal(first.features, other.features)


def test_bad_configuration() -> None:
    with pytest.raises(ValueError, match="group_size 3 must divide the batch size 8"):
        BatchConfig(size=8, group_size=3)
    with pytest.raises(ValueError, match="interaction_dropout"):
        BatchConfig(interaction_dropout=1.5)
    with pytest.raises(ValueError, match="needs turn_world"):
        BatchConfig(group_size=4, turn_world=False)
