"""Where training takes z_vis from: crops of the pool, turned to the sample's orientation, through the shape encoder.

With a frozen encoder every (object, crop, yaw) is encoded once beforehand. With one that learns, each group of the
batch is encoded anew. Both draw the same crops from the same generator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.vision.turning import turn, turn_images


@dataclass(frozen=True)
class Sighting:
    """Crops drawn for a batch's groups."""

    objects: Tensor
    """[G] index of the object in the crop pool."""
    crops: Tensor
    """[G] index of the crop."""
    turn: Tensor
    """[G] from the yaw at which it was seen to the wanted one, rad."""


class CropSampler:
    """Finds for every object of a data set its crops in the pools, by name."""

    def __init__(self, pools: Sequence[CropPool], object_names: Sequence[str], device: str = "cpu") -> None:
        """device: where what it returns lies. Raises ValueError where an object has no crops."""
        self.device = device
        self.key = "|".join((*(pool.fingerprint for pool in pools), *object_names))
        """Tells content apart."""
        known = {name: (pool, pool.of_object(name)) for pool in pools for name in pool.object_names}
        missing = [name for name in object_names if name not in known]
        if missing:
            raise ValueError(
                f"no crops of {', '.join(missing[:8])} in the crop pools; render a pool with every object of the data"
            )
        places = [known[name] for name in object_names]
        self.n_objects = len(places)
        self.n_crops = min(pool.maps.shape[1] for pool, _ in places)
        self._maps = [torch.from_numpy(pool.maps[index][: self.n_crops].copy()) for pool, index in places]
        self._masks = [torch.from_numpy(pool.masks[index][: self.n_crops].copy()) for pool, index in places]
        yaws = [torch.from_numpy(pool.yaws[index][: self.n_crops].copy()) for pool, index in places]
        self._yaws = torch.stack(yaws).to(device)

    @classmethod
    def of_pool(cls, folder: Path, device: str = "cpu") -> CropSampler:
        """All objects of one pool."""
        pool = CropPool.open(folder)
        return cls((pool,), pool.object_names, device)

    def draw(self, objects: Tensor, yaw: Tensor, generator: torch.Generator) -> Sighting:
        """A random crop for each object [G], to be turned to its yaw [G] (rad)."""
        crops = torch.randint(self.n_crops, objects.shape, generator=generator).to(self.device)
        return Sighting(objects, crops, yaw - self._yaws[objects, crops])

    def maps(self, sighting: Sighting) -> Tensor:
        """Feature maps [G, C, Z, Y, X], turned, float32 in [0, 1]."""
        return turn(self._gather(self._maps, sighting), sighting.turn)

    def masks(self, sighting: Sighting) -> Tensor:
        """True top-down silhouettes [G, Y, X], turned, float32 in [0, 1]."""
        return turn_images(self._gather(self._masks, sighting).unsqueeze(1), sighting.turn).squeeze(1)

    def _gather(self, stored: list[Tensor], sighting: Sighting) -> Tensor:
        pairs = zip(sighting.objects.tolist(), sighting.crops.tolist(), strict=True)
        return torch.stack([stored[item][crop] for item, crop in pairs]).to(self.device).float().div_(255.0)


class ShapeSource(Protocol):
    """Codes for crops."""

    def codes(self, sighting: Sighting) -> Tensor:
        """z_vis [G, n_vis]."""
        ...


class LiveShapes:
    """Encodes every crop as it is needed, with gradients: the encoder learns."""

    def __init__(self, encoder: nn.Module, sampler: CropSampler) -> None:
        self.encoder, self.sampler = encoder, sampler

    def codes(self, sighting: Sighting) -> Tensor:
        """See ``ShapeSource.codes``."""
        codes: Tensor = self.encoder(self.sampler.maps(sighting))
        return codes


class FrozenShapes:
    """Looks codes up that were computed once; the encoder must not change any more."""

    def __init__(self, table: Tensor) -> None:
        """table [n_objects, n_crops, n_yaws, n_vis], see ``code_table.encode_all``."""
        self.table = table

    def codes(self, sighting: Sighting) -> Tensor:
        """See ``ShapeSource.codes``; linear between the table's yaws."""
        n_yaws = self.table.shape[2]
        place = sighting.turn * (n_yaws / math.tau)
        below = torch.floor(place)
        index = below.long() % n_yaws
        low = self.table[sighting.objects, sighting.crops, index]
        high = self.table[sighting.objects, sighting.crops, (index + 1) % n_yaws]
        return torch.lerp(low, high, (place - below).unsqueeze(-1))
