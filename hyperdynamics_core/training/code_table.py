"""Codes of all crops at all yaws, computed once for a frozen shape encoder and kept beside the crops."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import torch
from rich.progress import track
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from hyperdynamics_core.training.shape_sources import CropSampler, Sighting
from hyperdynamics_core.whole_files import write_bytes

N_YAWS = 36
"""Codes are interpolated in between."""


def code_table(
    encoder: nn.Module, sampler: CropSampler, cache: Path | None = None, n_yaws: int = N_YAWS, quiet: bool = True
) -> Tensor:
    """See ``encode_all``. cache is a folder, best that of the crops: one file for each encoder and choice of crops; a
    damaged one is made again.
    """
    if cache is None:
        return encode_all(encoder, sampler, n_yaws, quiet)
    path = cache / f"codes-{_key(encoder, sampler, n_yaws)}.safetensors"
    try:
        return load_file(path)["codes"].to(sampler.device)
    except (OSError, SafetensorError, KeyError):
        table = encode_all(encoder, sampler, n_yaws, quiet)
    write_bytes(path, save({"codes": table.cpu().contiguous()}))
    return table


@torch.no_grad()
def encode_all(encoder: nn.Module, sampler: CropSampler, n_yaws: int, quiet: bool = True) -> Tensor:
    """[n_objects, n_crops, n_yaws, n_vis]: crop c of object o turned by multiples of tau / n_yaws."""
    turns = torch.arange(n_yaws, device=sampler.device) * (math.tau / n_yaws)
    rows = []
    for item in track(range(sampler.n_objects), description="encoding crops", disable=quiet):
        for crop in range(sampler.n_crops):
            place = torch.full_like(turns, item).long(), torch.full_like(turns, crop).long()
            rows.append(encoder(sampler.maps(Sighting(*place, turns))))
    return torch.stack(rows).reshape(sampler.n_objects, sampler.n_crops, n_yaws, -1)


def _key(encoder: nn.Module, sampler: CropSampler, n_yaws: int) -> str:
    digest = hashlib.sha256(f"{sampler.key}|{sampler.n_crops}|{n_yaws}".encode())
    for name, value in encoder.state_dict().items():
        digest.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
