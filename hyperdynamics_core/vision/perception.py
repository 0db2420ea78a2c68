"""What a node or an evaluation uses of the trained eyes: detect objects in a frame, crop one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from hyperdynamics_core.checkpoints import CheckpointError, ModelInfo, check_tensors, load_checkpoint, save_checkpoint
from hyperdynamics_core.methods.context import ObjectMap
from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeDecoder, ShapeEncoder
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_core.vision.frames import check_frame
from hyperdynamics_core.vision.maps import MapConfig, crop_map, scene_map

KIND = "perception"


@dataclass(frozen=True, eq=False)
class Detection:
    """One object in view; world frame."""

    centre: NDArray[np.float64]
    """[3] of the axis-aligned box, m."""
    size: NDArray[np.float64]
    """[3] of the same, m."""
    position: NDArray[np.float64]
    """[3] estimate of the volume centroid, m: what the state's position means."""
    score: float
    """0 to 1."""


class PerceptionNetworks(nn.Module):
    """All networks of a perception checkpoint."""

    def __init__(self, detector: DetectorConfig, shape: ShapeConfig) -> None:
        super().__init__()
        self.detector = Detector(detector)
        self.encoder = ShapeEncoder(shape)
        self.decoder = ShapeDecoder(shape)


class Perception:
    """Detector and shape encoder over RGB-D frames."""

    def __init__(self, networks: PerceptionNetworks, maps: MapConfig, fingerprint: str = "") -> None:
        """`fingerprint`: SHA-256 of the checkpoint's weights, empty if not from one."""
        self.networks, self.maps, self.fingerprint = networks.eval(), maps, fingerprint

    @classmethod
    def load(cls, folder: Path | str) -> Perception:
        """From a checkpoint folder of kind ``perception``.

        Raises:
            CheckpointError: missing, truncated, tampered with, of another kind or another version.
        """
        checkpoint = load_checkpoint(Path(folder), KIND)
        try:
            maps, detector, shape = configs_from_json(checkpoint.info.architecture)
        except (TypeError, KeyError) as error:
            raise CheckpointError(
                f"checkpoint {folder}: architecture not understood ({error}); train it again"
            ) from error
        networks = PerceptionNetworks(detector, shape)
        check_tensors(Path(folder), checkpoint.tensors, networks.state_dict())
        networks.load_state_dict(checkpoint.tensors)
        return cls(networks, maps, checkpoint.sha256)

    def detect(self, frame: RgbdFrame) -> list[Detection]:
        """Objects in view, by falling score; an empty list if there are none.

        Raises:
            FrameError: the frame is malformed or holds no depth.
        """
        check_frame(frame)
        scene = torch.from_numpy(scene_map(frame, self.maps))
        found = self.networks.detector.detect(scene, lambda x, y: torch.from_numpy(crop_map(frame, (x, y), self.maps)))
        boxes, positions = found.boxes.double().numpy(), found.positions.double().numpy()
        return [
            Detection(box[:3], box[3:], position, float(score))
            for box, position, score in zip(boxes, positions, found.scores, strict=True)
        ]

    def crop(self, frame: RgbdFrame, position: Sequence[float] | NDArray[np.float64], yaw: float = 0.0) -> ObjectMap:
        """The object-centred map around a position (x, y, world, m), of an object whose yaw is `yaw` (rad) just now.

        Raises:
            FrameError: the frame is malformed or holds no depth.
            ValueError: the position is not finite.
        """
        check_frame(frame)
        return ObjectMap(torch.from_numpy(crop_map(frame, position, self.maps)), yaw)

    def save(
        self, folder: Path, config: dict[str, Any], metrics: dict[str, Any], data_fingerprint: str, card: str = ""
    ) -> str:
        """Write a checkpoint folder that `load` reads. Returns the SHA-256 of its weights."""
        detector, shape = self.networks.detector.config, self.networks.encoder.config
        architecture = {"maps": asdict(self.maps), "detector": asdict(detector), "shape": asdict(shape)}
        info = ModelInfo(
            KIND, "push-perception", "push", architecture, config, data_fingerprint=data_fingerprint, metrics=metrics
        )
        return save_checkpoint(folder, self.networks.state_dict(), info, card)


def configs_from_json(architecture: Any) -> tuple[MapConfig, DetectorConfig, ShapeConfig]:
    """Configurations from model.json's ``architecture``; raises TypeError or KeyError on unknown or missing keys."""
    parts = [
        {key: _tuples(value) for key, value in architecture[name].items()} for name in ("maps", "detector", "shape")
    ]
    return MapConfig(**parts[0]), DetectorConfig(**parts[1]), ShapeConfig(**parts[2])


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
