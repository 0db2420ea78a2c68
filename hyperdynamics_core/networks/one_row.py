"""One row through a small network, on NumPy views of its parameters.

PyTorch takes some microseconds for each operation whatever its size; a robot that asks for one code and one expert a
hundred times a second pays little else. Same function as the module's own ``forward`` to float32 rounding.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

Row = NDArray[np.float32]


class OneRow:
    """Evaluates an ``nn.Sequential`` of Linear, ReLU and LeakyReLU layers on one row at a time.

    It always uses the module's present parameters: training and loading change them in place, and where one was
    replaced (moved to a device and back) it looks again.
    """

    def __init__(self, network: nn.Sequential) -> None:
        """Raises TypeError for a layer of another kind."""
        self._network = network
        for layer in network:
            if not isinstance(layer, nn.Linear | nn.ReLU | nn.LeakyReLU):
                raise TypeError(f"OneRow knows Linear, ReLU and LeakyReLU, not {type(layer).__name__}")
        self._parameters = [parameter for layer in network for parameter in layer.parameters()]
        self._addresses: list[int] = []
        self._steps: list[Callable[[Row], Row]] = []

    def __call__(self, row: Row) -> Row:
        """[n_out] from a row [n_in].

        Raises:
            TypeError: the parameters are not on the CPU.
        """
        addresses = [parameter.data_ptr() for parameter in self._parameters]
        if addresses != self._addresses:
            self._steps, self._addresses = [_step(layer) for layer in self._network], addresses
        for step in self._steps:
            row = step(row)
        return row


def view(tensor: Tensor) -> Row:
    """The tensor's memory as an array. Raises TypeError where it is not on the CPU."""
    array: Row = tensor.detach().numpy()
    return array


def _step(layer: nn.Module) -> Callable[[Row], Row]:
    if isinstance(layer, nn.Linear):
        weight, bias = view(layer.weight), view(layer.bias)
        return lambda row: weight @ row + bias
    slope = np.float32(layer.negative_slope if isinstance(layer, nn.LeakyReLU) else 0.0)
    return lambda row: np.maximum(row, slope * row)
