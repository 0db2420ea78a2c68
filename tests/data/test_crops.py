import numpy as np

from hyperdynamics_core.data.crops import decode_map, encode_map


def test_encoding_keeps_values_to_half_a_step():
    values = np.random.default_rng(0).random((3, 4, 5)).astype(np.float32)
    stored = encode_map(values)
    assert stored.dtype == np.uint8
    np.testing.assert_allclose(decode_map(stored).numpy(), values, atol=0.5 / 255 + 1e-6)
