"""One row through a small network, on NumPy views of its parameters.

PyTorch takes some microseconds for each operation and each look at a part of a module, whatever their size; a robot
that asks for one code and one expert a hundred times a second pays little else. Same function as the own ``forward`` of
the module to float32 rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

Row = NDArray[np.float32]
T = TypeVar("T")


def view(tensor: Tensor) -> Row:
    """The tensor's memory as an array. Raises TypeError where it is not on the CPU."""
    array: Row = tensor.detach().numpy()
    return array


class Prepared(Generic[T]):
    """What was prepared from modules' parameters and buffers, prepared again once one of them has changed or moved."""

    def __init__(self, prepare: Callable[[], T], *modules: nn.Module) -> None:
        self._prepare, self._modules = prepare, modules
        self._owned: list[dict[str, Any]] = []
        self._marks: list[tuple[int, int]] | None = None

    def __call__(self) -> T:
        """Raises what ``prepare`` raises."""
        # The modules' own tables, not the tensors: moving puts other buffers in them.
        owned = self._owned or self._tables()
        marks = [(each._version, each.data_ptr()) for table in owned for each in table.values() if each is not None]
        if marks != self._marks:
            self._made, self._marks, self._owned = self._prepare(), marks, owned
        return self._made

    def _tables(self) -> list[dict[str, Any]]:
        every = [each for module in self._modules for each in module.modules()]
        return [table for module in every for table in (module._parameters, module._buffers) if table]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles prepare anew, from their own modules."""
        return Prepared, (self._prepare, *self._modules)


class OneRow:
    """Evaluates an ``nn.Sequential`` of Linear, ReLU and LeakyReLU layers on one row at a time.

    It always uses the module's present parameters: training and loading change them in place, and where one was
    replaced (moved to a device and back) it looks again.
    """

    def __init__(self, network: nn.Sequential) -> None:
        """Raises TypeError for a layer of another kind."""
        for layer in network:
            if not isinstance(layer, nn.Linear | nn.ReLU | nn.LeakyReLU):
                raise TypeError(f"OneRow knows Linear, ReLU and LeakyReLU, not {type(layer).__name__}")
        self._network = network
        self._steps = Prepared(self._look, network)

    def __call__(self, row: Row) -> Row:
        """[n_out] from a row [n_in].

        Raises:
            TypeError: the parameters are not on the CPU.
        """
        for step in self._steps():
            row = step(row)
        return row

    def _look(self) -> list[Callable[[Row], Row]]:
        return [_step(layer) for layer in self._network]


def _step(layer: nn.Module) -> Callable[[Row], Row]:
    if isinstance(layer, nn.Linear):
        weight, bias = view(layer.weight), view(layer.bias)
        return lambda row: weight @ row + bias
    if isinstance(layer, nn.LeakyReLU):
        slope = np.float32(layer.negative_slope)
        return lambda row: np.maximum(row, slope * row)
    zero = np.float32(0.0)
    return lambda row: np.maximum(row, zero)
