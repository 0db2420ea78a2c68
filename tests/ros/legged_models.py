"""Small untrained checkpoints of legged systems, written by the code that writes the real ones."""

from __future__ import annotations

from pathlib import Path

import torch

from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.systems.legged import LEGGED


def legged_folder(folder: Path, robot: str, name: str = "hyperdynamics", **sizes: object) -> Path:
    """A method for a robot whose predictions are small enough to stay finite over a horizon."""
    torch.manual_seed(0)
    system = LEGGED[robot]
    method = make_method(name, locomotion_sizes(**{"hidden_sizes": (8, 8), **sizes}), system)
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    method.normaliser.set(
        Normalisation(torch.zeros(n_in), torch.full((n_in,), 3.0), torch.zeros(n_out), torch.full((n_out,), 0.01))
    )
    save_method(folder, method)
    return folder
