"""``ShapeEncoder`` on one map at many orientations, in C++: turned, encoded and read out without leaving the cache.

Codes agree with ``turn`` and ``ShapeEncoder`` to float32 rounding. The environment variable ``HYPERDYNAMICS_SHAPE``
chooses: ``auto`` (the default) takes C++ where its library loads.
"""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor, nn

from hyperdynamics_core.native.choice import wanted_library
from hyperdynamics_core.native.library import SHAPE, NativeLibrary, ShapeTask, load
from hyperdynamics_core.networks.shape import SLOPE, ShapeEncoder


class NativeShapeEncoder:
    """One encoder's weights as they are now."""

    def __init__(self, encoder: ShapeEncoder, library: NativeLibrary | None = None, variant: str | None = None) -> None:
        """variant: one of ``VARIANTS``; None: the best that this processor runs.

        Raises:
            NativeLibraryError: there is no library that loads.
            ValueError: an unknown variant, sizes that the kernels do not take, or weights not float32 on the CPU.
        """
        self.config, self._library = encoder.config, library or load()
        self._variant = self._library.variant(variant)
        # In the order in which they are registered: weight and bias of each convolution, then of the head.
        self._weights = torch.cat([part.detach().flatten() for part in encoder.parameters()])
        _check_plain("weights", self._weights)
        self._channels = (ctypes.c_int32 * 4)(self.config.in_channels, *self.config.channels)
        self._kernels = (ctypes.c_int32 * 3)(*self.config.kernels)
        self._task = self._make_task()
        self._workspace = torch.empty(self._library.workspace(self._task, self._variant))

    def __call__(self, features: Tensor, yaws: Tensor) -> Tensor:
        """Codes [n, n_vis] of a map [C, Z, Y, X], Y = X, turned counter-clockwise by yaws [n], rad.

        Raises:
            ValueError: a map of another shape than the encoder's, or not float32 on the CPU.
        """
        wanted = (self.config.in_channels, *self.config.map_shape)
        if tuple(features.shape) != wanted:
            raise ValueError(f"the map must be of shape {wanted}, got {tuple(features.shape)}")
        _check_plain("the map", features)
        codes = torch.empty(len(yaws), self.config.code_size)
        if len(yaws) == 0:
            return codes
        # Held until the kernel is done: contiguous() may have made a copy.
        map_, turns = features.contiguous(), torch.stack((yaws.cos(), yaws.sin()), dim=-1).float().contiguous()
        task = self._task
        task.map, task.turns, task.codes = map_.data_ptr(), turns.data_ptr(), codes.data_ptr()
        task.n_turns = len(yaws)
        task.workspace, task.n_workspace = self._workspace.data_ptr(), len(self._workspace)
        self._library.run(task, self._variant)
        return codes

    def _make_task(self) -> ShapeTask:
        depth, height, width = self.config.map_shape
        if height != width:
            raise ValueError(f"only square maps can be turned, got {height} x {width}")
        return ShapeTask(
            weights=self._weights.data_ptr(), n_weights=len(self._weights), channels=ctypes.addressof(self._channels),
            kernels=ctypes.addressof(self._kernels), n_layers=3, depth=depth, size=width, n_code=self.config.code_size,
            slope=SLOPE,
        )  # fmt: skip


def native_shape_encoder(encoder: nn.Module, features: Tensor) -> NativeShapeEncoder | None:
    """For a map [C, Z, Y, X], where it can and should be encoded in C++; None: PyTorch does it.

    Raises:
        ValueError: ``HYPERDYNAMICS_SHAPE`` is none of its values.
        NativeLibraryError: it is native, but there is no library that loads.
    """
    if not isinstance(encoder, ShapeEncoder) or features.dtype != torch.float32 or features.device.type != "cpu":
        return None
    library = wanted_library(SHAPE, "encoding shapes", load)
    return None if library is None else NativeShapeEncoder(encoder, library)


def _check_plain(what: str, values: Tensor) -> None:
    if values.dtype != torch.float32 or values.device.type != "cpu":
        raise ValueError(f"{what} must be float32 on the CPU, got {values.dtype} on {values.device}; set {SHAPE}=torch")
