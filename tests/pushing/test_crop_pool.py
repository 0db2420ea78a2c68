import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.crops import CropPool, decode_map
from sim_bridges.pushing import crop_pool
from sim_bridges.pushing.crop_pool import CropPoolConfig, make_pool
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import top_down_mask


def test_a_pool_of_a_split_holds_its_objects_and_their_true_masks(tmp_path):
    pool = CropPool.open(make_pool(CropPoolConfig("novel", tmp_path / "pool", crops=2)))
    assert len(pool.object_names) == 7 and pool.maps.shape == (7, 2, 2, 16, 32, 32)
    index = pool.of_object("mit/hex")
    maps, masks = pool.decode(np.array([index]), np.array([1]))
    truth = top_down_mask(load_object("mit/hex"), float(pool.yaws[index, 1]))
    np.testing.assert_allclose(masks[0].numpy(), truth, atol=0.003)
    assert maps.min() >= 0 and maps.max() <= 1 and np.abs(pool.offsets[..., :2]).max() < 0.02
    with pytest.raises(ValueError, match="no crops of 'mug/01'"):
        pool.of_object("mug/01")


def test_seen_surface_lies_on_the_true_silhouette(tmp_path):
    pool = CropPool.open(make_pool(CropPoolConfig("novel", tmp_path / "pool", crops=3, neighbours_share=0.0)))
    for item, crop in np.ndindex(7, 3):
        surface = decode_map(pool.maps[item, crop])[0, 3:7].amax(0).numpy() > 0.6
        mask = pool.masks[item, crop] > 0
        grown = np.maximum.reduce([np.roll(mask, shift, (0, 1)) for shift in np.ndindex(5, 5)])
        grown = np.roll(grown, (-2, -2), (0, 1))
        # What stands above the table and is not the object is the rod: at most 2 cm wide.
        assert (surface & ~grown).sum() <= 30
        assert (surface & mask).sum() >= 10


def test_a_killed_run_continues_to_the_same_bytes(tmp_path, monkeypatch):
    config = {"source": "shapes", "objects": 6, "crops": 1, "seed": 3}
    whole = CropPool.open(make_pool(CropPoolConfig(out=tmp_path / "whole", **config)))
    monkeypatch.setattr(crop_pool, "COMMIT_EVERY", 2)
    filled = []

    class Dies(crop_pool.CropMaker):
        def fill(self, item, row, rng):
            if len(filled) == 3:
                raise KeyboardInterrupt
            filled.append(item)
            super().fill(item, row, rng)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(crop_pool, "CropMaker", Dies)
        make_pool(CropPoolConfig(out=tmp_path / "killed", **config))
    with pytest.raises(DataFolderError, match="interrupted"):
        CropPool.open(tmp_path / "killed")
    with pytest.raises(DataFolderError, match="other settings"):
        make_pool(CropPoolConfig(out=tmp_path / "killed", **{**config, "seed": 4}))
    again = CropPool.open(make_pool(CropPoolConfig(out=tmp_path / "killed", **config)))
    assert again.fingerprint == whole.fingerprint
    with pytest.raises(DataFolderError, match="exists already"):
        make_pool(CropPoolConfig(out=tmp_path / "killed", **config))


def test_unknown_sources_and_empty_pools_are_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown source 'mugs'"):
        CropPoolConfig("mugs", tmp_path)
    with pytest.raises(ValueError, match="one crop or more"):
        CropPoolConfig("seen", tmp_path, crops=0)
