"""3D convolution computed as one 2D convolution with depth folded into the channels.

The same function and the same parameters as `torch.nn.Conv3d`, but for maps of few channels, as the shape encoder's,
it trains about three times faster on a CPU: [C * Z] channels make one large matrix product out of many small ones.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class FoldedConv3d(nn.Conv3d):
    """Conv3d with an odd cubic kernel, stride 1 and same padding, for maps of a fixed depth."""

    source: Tensor

    def __init__(self, in_channels: int, out_channels: int, kernel: int, depth: int) -> None:
        """`depth`: Z of the maps."""
        super().__init__(in_channels, out_channels, kernel, padding=kernel // 2)
        self.depth, self.kernel = depth, kernel
        plane = torch.arange(depth)
        # Input layer zi reaches output layer z through kernel plane zi - z + kernel // 2; out of reach: a plane of 0.
        source = plane[None, :] - plane[:, None] + kernel // 2
        self.register_buffer("source", source.where((source >= 0) & (source < kernel), kernel), persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """[B, C, Z, Y, X] -> [B, C', Z, Y, X].

        Raises:
            ValueError: Z is not the depth it was made for.
        """
        batch, channels, depth, height, width = input.shape
        if depth != self.depth:
            raise ValueError(f"a folded convolution made for maps {self.depth} voxels deep got one of {depth}")
        folded = functional.conv2d(
            input.reshape(batch, channels * depth, height, width), self._banded(), padding=self.kernel // 2
        )
        output = folded.view(batch, self.out_channels, depth, height, width)
        return output if self.bias is None else output + self.bias.view(1, -1, 1, 1, 1)

    def _banded(self) -> Tensor:
        """[C' * Z, C * Z, k, k]: the kernel's planes along the diagonals."""
        planes = functional.pad(self.weight, (0, 0, 0, 0, 0, 1))[:, :, self.source]
        return planes.permute(0, 2, 1, 3, 4, 5).reshape(
            self.out_channels * self.depth, self.in_channels * self.depth, self.kernel, self.kernel
        )
