"""Random action sequences: uniform, held over several steps, or with coloured noise."""

from __future__ import annotations

import torch
from torch import Tensor


def uniform_sequences(candidates: int, horizon: int, n_actions: int, hold: int, generator: torch.Generator) -> Tensor:
    """Actions [candidates, horizon, n_actions], uniform in [-1, 1], each kept for ``hold`` steps."""
    distinct = -(-horizon // hold)
    actions = torch.rand(candidates, distinct, n_actions, generator=generator).mul_(2.0).sub_(1.0)
    return actions if hold == 1 else actions.repeat_interleave(hold, dim=1)[:, :horizon]


def coloured_noise(
    candidates: int, horizon: int, n_actions: int, exponent: float, generator: torch.Generator
) -> Tensor:
    """Gaussian noise [candidates, horizon, n_actions] of variance 1 whose power falls as frequency^-exponent.

    0 is white; 1 pink, 2 red: neighbouring actions are alike, so that a sequence moves a limb rather than shakes it.
    Made in the frequency domain (Timmer and Koenig, 1995).
    """
    if exponent == 0.0:
        return torch.randn(candidates, horizon, n_actions, generator=generator)
    amplitudes = _amplitudes(horizon, exponent)
    shape = (2, candidates, n_actions, len(amplitudes))
    real, imaginary = torch.randn(shape, generator=generator)
    imaginary[..., 0] = 0.0
    real[..., 0] *= 2.0**0.5
    if horizon % 2 == 0:
        imaginary[..., -1] = 0.0
        real[..., -1] *= 2.0**0.5
    noise = torch.fft.irfft(torch.complex(real * amplitudes, imaginary * amplitudes), n=horizon)
    sequences: Tensor = noise.transpose(1, 2).contiguous()
    return sequences


def _amplitudes(horizon: int, exponent: float) -> Tensor:
    """Deviation [horizon // 2 + 1] of each frequency's real and imaginary part, for a variance of 1 in time."""
    frequencies = torch.fft.rfftfreq(horizon)
    frequencies[0] = frequencies[1] if horizon > 1 else 1.0
    amplitudes = frequencies.pow(-exponent / 2.0)
    counts = torch.full_like(amplitudes, 4.0)
    counts[0] = 2.0
    if horizon % 2 == 0:
        counts[-1] = 2.0
    scaled: Tensor = amplitudes * (horizon / (counts * amplitudes.square()).sum().sqrt())
    return scaled
