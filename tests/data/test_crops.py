import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import ArrayFolderWriter, DataFolderError
from hyperdynamics_core.data.crops import KIND, CropPool, decode_map, encode_map


def test_encoding_keeps_values_to_half_a_step():
    values = np.random.default_rng(0).random((3, 4, 5)).astype(np.float32)
    stored = encode_map(values)
    assert stored.dtype == np.uint8
    np.testing.assert_allclose(decode_map(stored).numpy(), values, atol=0.5 / 255 + 1e-6)


def pool(folder, left_out=()):
    shapes = {
        "maps": (2, 3, 1, 16, 32, 32),
        "yaws": (2, 3),
        "masks": (2, 3, 32, 32),
        "offsets": (2, 3, 3),
        "views": (2, 3),
    }
    shapes["views"] = (2, 3)
    types = {"yaws": "float32", "offsets": "float32"}
    arrays = {name: (shape, types.get(name, "uint8")) for name, shape in shapes.items() if name not in left_out}
    names = {} if "object_names" in left_out else {"object_names": ["a", "b"]}
    ArrayFolderWriter(folder, arrays, {"kind": KIND}).finish(names)
    return folder


def test_a_pool_that_lacks_something_says_what(tmp_path):
    assert CropPool.open(pool(tmp_path / "whole")).object_names == ("a", "b")
    with pytest.raises(DataFolderError, match="arrays: masks, offsets; make the folder again"):
        CropPool.open(pool(tmp_path / "half", ("masks", "offsets")))
    with pytest.raises(DataFolderError, match="entries of meta.json: object_names"):
        CropPool.open(pool(tmp_path / "nameless", ("object_names",)))
