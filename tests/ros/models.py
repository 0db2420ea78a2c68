"""Small untrained checkpoints, written by the code that writes the real ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception, PerceptionNetworks


def method_folder(folder: Path, encoder: str = "set", name: str = "hyperdynamics") -> Path:
    """A pushing method."""
    torch.manual_seed(0)
    config = MethodConfig(hidden_sizes=(8, 8), interaction_encoder=encoder, n_vis=0 if name == "xyz" else 8)
    eyes = None if name == "xyz" else ShapeEncoder(ShapeConfig())
    method = make_method(name, config, PUSH, eyes)
    method.normaliser.output_std.fill_(0.005)  # or the planner finds no way for motions of a metre
    save_method(folder, method, None if name == "xyz" else asdict(MapConfig()))
    return folder


def perception_folder(folder: Path) -> Path:
    """A detector that knows nothing but calls everything an object."""
    torch.manual_seed(0)
    networks = PerceptionNetworks(DetectorConfig(threshold=0.0), ShapeConfig())
    Perception(networks, MapConfig()).save(folder, {}, {}, "none")
    return folder
