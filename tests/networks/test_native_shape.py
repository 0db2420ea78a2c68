"""The shape encoder in C++ against the one in PyTorch: the same codes to float32 rounding."""

from __future__ import annotations

import logging
import math
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

from hyperdynamics_core.methods.context import ObjectMap
from hyperdynamics_core.methods.shape_codes import ExactShape, ShapeTable
from hyperdynamics_core.native import choice, library
from hyperdynamics_core.native.library import SHAPE, NativeLibraryError, ShapeTask, load
from hyperdynamics_core.networks import native_shape
from hyperdynamics_core.networks.native_shape import NativeShapeEncoder
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.vision.turning import turn

KERNELS = pytest.mark.parametrize("variant", load().variants())
SIZES = [
    ShapeConfig(),
    ShapeConfig(in_channels=3, map_shape=(8, 16, 16), kernels=(3, 5, 1), channels=(3, 5, 7), code_size=5),
    ShapeConfig(in_channels=1, map_shape=(24, 40, 40), kernels=(9, 7, 3), channels=(1, 2, 1), code_size=1),
]


def encoder(config: ShapeConfig = SIZES[0]) -> ShapeEncoder:
    torch.manual_seed(0)
    return ShapeEncoder(config)


def a_map(config: ShapeConfig = SIZES[0]) -> Tensor:
    size = (config.in_channels, *config.map_shape)
    return torch.randn(size, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def by_torch(made: ShapeEncoder, features: Tensor, yaws: Tensor) -> Tensor:
    codes: Tensor = made(turn(features.expand(len(yaws), *features.shape), yaws))
    return codes


@KERNELS
@pytest.mark.parametrize("config", SIZES, ids=["paper", "narrow", "wide"])
def test_encodes_as_torch_does_at_every_yaw(config: ShapeConfig, variant: str) -> None:
    made, features = encoder(config), a_map(config)
    yaws = torch.cat((torch.linspace(-7.0, 7.0, 23), torch.tensor([0.0, math.pi / 2, math.pi])))
    codes = NativeShapeEncoder(made, variant=variant)(features, yaws)
    torch.testing.assert_close(codes, by_torch(made, features, yaws), atol=2e-5, rtol=1e-4)
    assert codes.std(0).min() > 1e-3, "codes that do not depend on the yaw would prove nothing"


def test_a_yaw_is_encoded_alike_whatever_stands_beside_it() -> None:
    native, yaws = NativeShapeEncoder(encoder()), torch.linspace(0.0, 3.0, 7)
    alone = torch.cat([native(a_map(), yaw.unsqueeze(0)) for yaw in yaws])
    assert torch.equal(native(a_map(), yaws), alone)
    assert native(a_map(), yaws[:0]).shape == (0, 8)


def test_maps_need_not_be_contiguous() -> None:
    native, yaws = NativeShapeEncoder(encoder()), torch.ones(1)
    turned = a_map().transpose(2, 3)
    assert torch.equal(native(turned, yaws), native(turned.contiguous(), yaws))


@KERNELS
def test_what_is_no_number_is_not_hidden(variant: str) -> None:
    features = a_map()
    features[0, 3, 16, 16] = torch.nan
    assert NativeShapeEncoder(encoder(), variant=variant)(features, torch.zeros(1)).isnan().all()


def test_threads_may_encode_at_once() -> None:
    made, yaws = encoder(), torch.linspace(0.0, 6.0, 40)
    wanted, found = NativeShapeEncoder(made)(a_map(), yaws), []
    threads = [threading.Thread(target=lambda: found.append(NativeShapeEncoder(made)(a_map(), yaws))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(torch.equal(codes, wanted) for codes in found)


def test_tables_and_exact_codes_take_it_and_follow_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    made, crop, yaws = encoder(), ObjectMap(a_map(), 0.3), torch.tensor([0.5, 0.1, 0.5])
    for change in (0.0, 0.1):
        with torch.no_grad():
            made.head.bias.add_(change)
        codes = []
        for mode in ("native", "torch"):
            monkeypatch.setenv(SHAPE, mode)
            codes.append(torch.cat((ExactShape(made, crop).at(yaws), ShapeTable.encode(made, crop, 4).codes)))
        assert not torch.equal(*codes), "one of them must be the other way"
        torch.testing.assert_close(*codes, atol=1e-5, rtol=1e-5)


def test_another_encoder_is_left_to_torch() -> None:
    made = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(3))
    assert ExactShape(made, ObjectMap(a_map(), 0.0)).at(torch.zeros(2)).shape == (2, 3)


def test_without_a_library_torch_encodes_and_says_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Path("/nowhere") / library.LIBRARY.name
    monkeypatch.setattr(native_shape, "load", lambda: library.load(missing))
    monkeypatch.delenv(SHAPE, raising=False)
    choice.warn_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            ShapeTable.encode(encoder(), ObjectMap(a_map(), 0.0), 2)
    (line,) = caplog.messages
    assert "encoding shapes in PyTorch" in line and "make setup" in line
    monkeypatch.setenv(SHAPE, "native")
    with pytest.raises(NativeLibraryError, match="there is no /nowhere/"):
        ShapeTable.encode(encoder(), ObjectMap(a_map(), 0.0), 2)
    monkeypatch.setenv(SHAPE, "fast")
    with pytest.raises(ValueError, match=f"{SHAPE} must be one of auto, native, torch, got 'fast'"):
        ShapeTable.encode(encoder(), ObjectMap(a_map(), 0.0), 2)


def test_what_it_does_not_take_is_refused() -> None:
    native, yaws = NativeShapeEncoder(encoder()), torch.zeros(1)
    with pytest.raises(ValueError, match=r"must be of shape \(2, 16, 32, 32\), got \(2, 16, 32, 16\)"):
        native(a_map()[..., :16], yaws)
    with pytest.raises(ValueError, match=f"must be float32 on the CPU, got torch.float64.*{SHAPE}=torch"):
        native(a_map().double(), yaws)
    with pytest.raises(ValueError, match="no kernel 'mmx' on this processor, which runs"):
        NativeShapeEncoder(encoder(), variant="mmx")
    with pytest.raises(ValueError, match="only square maps can be turned, got 16 x 32"):
        NativeShapeEncoder(ShapeEncoder(ShapeConfig(map_shape=(16, 16, 32))))
    with pytest.raises(ValueError, match="odd kernels of 1 to 9.*HYPERDYNAMICS_SHAPE=torch"):
        NativeShapeEncoder(ShapeEncoder(ShapeConfig(kernels=(11, 3, 3))))
    with pytest.raises(ValueError, match="a pointer is null"):
        load().run(ShapeTask(), -1)
