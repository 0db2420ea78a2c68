import math
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.training.code_table import code_table, encode_all
from hyperdynamics_core.training.shape_sources import CropSampler, FrozenShapes, LiveShapes
from tests.training.examples import OBJECTS, box_mask, write_crops


@pytest.fixture(scope="module")
def sampler(tmp_path_factory: pytest.TempPathFactory) -> CropSampler:
    folder: Path = tmp_path_factory.mktemp("crops") / "pool"
    return CropSampler((CropPool.open(write_crops(folder)),), (OBJECTS[2], OBJECTS[0]))


def test_crops_are_found_by_name_and_turned_to_the_wanted_yaw(sampler: CropSampler) -> None:
    wanted = torch.tensor([0.5, 0.5, 0.0])
    seen = sampler.draw(torch.tensor([0, 1, 0]), wanted, torch.Generator().manual_seed(0))
    masks, maps = sampler.masks(seen), sampler.maps(seen)
    for row, (length, yaw) in enumerate(((10.0, 0.5), (4.0, 0.5), (10.0, 0.0))):
        true = torch.from_numpy(box_mask(length, 4.0, yaw))
        assert ((masks[row] > 0.5) != true).float().mean() < 0.02
    torch.testing.assert_close(maps[:, 0, 3], masks)


def test_frozen_codes_are_live_codes_at_the_tables_yaws(sampler: CropSampler) -> None:
    torch.manual_seed(0)
    encoder = ShapeEncoder(ShapeConfig())
    frozen, live = FrozenShapes(encode_all(encoder, sampler, 12)), LiveShapes(encoder, sampler)
    assert frozen.table.shape == (2, 4, 12, 8) and not frozen.table.requires_grad
    seen = sampler.draw(torch.tensor([0, 1, 1]), torch.zeros(3), torch.Generator().manual_seed(1))
    steps = torch.tensor([0.0, 3.0, -5.0]) * (math.tau / 12)
    at_nodes = type(seen)(seen.objects, seen.crops, steps)
    torch.testing.assert_close(frozen.codes(at_nodes), live.codes(at_nodes).detach(), rtol=1e-4, atol=1e-5)
    assert live.codes(seen).requires_grad


def test_table_is_kept_for_this_encoder_alone(sampler: CropSampler, tmp_path: Path) -> None:
    torch.manual_seed(0)
    encoder = ShapeEncoder(ShapeConfig())
    table = code_table(encoder, sampler, tmp_path, n_yaws=3)
    (file,) = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    assert torch.equal(code_table(encoder, sampler, tmp_path, n_yaws=3), table)
    assert file.stat().st_mtime_ns == before
    file.write_bytes(file.read_bytes()[:50])
    assert torch.equal(code_table(encoder, sampler, tmp_path, n_yaws=3), table)
    torch.nn.init.normal_(encoder.head.bias)
    assert not torch.equal(code_table(encoder, sampler, tmp_path, n_yaws=3), table)
    assert len(list(tmp_path.iterdir())) == 2


def test_objects_without_crops_are_named(tmp_path: Path) -> None:
    pool = CropPool.open(write_crops(tmp_path / "pool"))
    with pytest.raises(ValueError, match="no crops of mug/01"):
        CropSampler((pool,), ("round", "mug/01"))
