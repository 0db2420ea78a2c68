"""3D convolutions computed as 2D convolutions: the same functions and parameters as `torch.nn.Conv3d`, faster on a CPU.

Maps of few channels (the shape encoder's): depth folded into the channels makes one large matrix product out of many
small ones and trains about three times faster. Maps of more channels (the scene backbone's): layers as a batch, each
with its two neighbours as further channels, runs two to four times faster.
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
        return self._with_bias(_split(self._convolved(input), self.out_channels, -1))

    def pooled(self, input: Tensor) -> Tensor:
        """The same, then the maximum of 2 x 2 x 2 voxels: [B, C, Z, Y, X] -> [B, C', Z / 2, Y / 2, X / 2].

        The bias comes last, on an eighth of the numbers: maximum and sum commute.
        """
        layers = _split(functional.max_pool2d(self._convolved(input), 2), self.out_channels, -1, 2)
        return self._with_bias(layers.amax(3))

    def _convolved(self, input: Tensor) -> Tensor:
        """[B, C' * Z, Y, X], without bias. Channels last in memory: a quarter faster than the product planes first."""
        if input.shape[2] != self.depth:
            raise ValueError(f"a folded convolution made for maps {self.depth} voxels deep got one of {input.shape[2]}")
        folded, kernels = input.flatten(1, 2), self._banded()
        last = torch.channels_last
        return functional.conv2d(
            folded.contiguous(memory_format=last), kernels.contiguous(memory_format=last), padding=self.kernel // 2
        )

    def _with_bias(self, output: Tensor) -> Tensor:
        return output if self.bias is None else output + self.bias.view(1, -1, 1, 1, 1)

    def _banded(self) -> Tensor:
        """[C' * Z, C * Z, k, k]: the kernel's planes along the diagonals."""
        planes = functional.pad(self.weight, (0, 0, 0, 0, 0, 1))[:, :, self.source]
        return planes.permute(0, 2, 1, 3, 4, 5).reshape(
            self.out_channels * self.depth, self.in_channels * self.depth, self.kernel, self.kernel
        )


def _split(images: Tensor, *sizes: int) -> Tensor:
    """[B, C, Y, X] with its channels as several dimensions."""
    return images.view(len(images), *sizes, *images.shape[2:])


class SlicedConv3d(nn.Conv3d):
    """Conv3d with a kernel of 3 and same padding, layer by layer."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, 3, stride=stride, padding=1)
        self.step = stride

    def forward(self, input: Tensor) -> Tensor:
        """[B, C, Z, Y, X] -> [B, C', Z / stride, Y / stride, X / stride]."""
        batch, _, _, height, width = input.shape
        layers = functional.pad(input, (0, 0, 0, 0, 1, 1)).unfold(2, 3, self.step).permute(0, 2, 1, 5, 3, 4)
        depth = layers.shape[1]
        output = functional.conv2d(
            layers.reshape(batch * depth, -1, height, width), self.weight.flatten(1, 2), self.bias, self.step, 1
        )
        return output.reshape(batch, depth, *output.shape[1:]).transpose(1, 2)
