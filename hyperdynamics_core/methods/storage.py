"""Methods to and from checkpoint folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperdynamics_core.checkpoints import (
    CheckpointError,
    ModelInfo,
    check_tensors,
    load_checkpoint,
    save_checkpoint,
)
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.systems.known import SYSTEMS
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System

KIND = "method"


@dataclass(frozen=True)
class StoredMethod:
    """A method as it was saved."""

    method: LearnedMethod
    """Ready to use, in evaluation mode."""
    info: ModelInfo
    """What stands in model.json."""
    sha256: str
    """Fingerprint of the weights, as messages carry it."""

    @property
    def maps(self) -> Mapping[str, Any] | None:
        """Settings of the feature maps that its shape encoder was trained on; None: blind, or not known."""
        maps: Mapping[str, Any] | None = self.info.architecture.get("maps")
        return maps


def save_method(
    folder: Path,
    method: LearnedMethod,
    maps: Mapping[str, Any] | None = None,
    card: str = "",
    **info: Any,
) -> str:
    """Write a method's checkpoint. Returns its SHA-256.

    maps are the settings of the feature maps; info holds further fields of ``ModelInfo``: config, metrics and
    data_fingerprint.
    """
    encoder = method.shape_encoder
    shape = asdict(encoder.config) if isinstance(encoder, ShapeEncoder) else None
    architecture = {"sizes": asdict(method.requested_config), "shape": shape, "maps": dict(maps) if maps else None}
    statistics = {name: tensor.tolist() for name, tensor in method.normaliser.named_buffers()}
    document = ModelInfo(KIND, method.name, method.system.name, architecture, statistics=statistics, **info)
    return save_checkpoint(folder, method.state_dict(), document, card)


def load_method(folder: Path, system: System | None = PUSH) -> StoredMethod:
    """Read a method's checkpoint, for one system (None: any known one).

    Raises:
        CheckpointError: missing, damaged, foreign, or of another architecture than it says.
    """
    checkpoint = load_checkpoint(Path(folder), KIND, system.name if system else None)
    info = checkpoint.info
    try:
        sizes = MethodConfig(**tuples(info.architecture["sizes"]))
        shape = info.architecture["shape"]
        encoder = ShapeEncoder(ShapeConfig(**tuples(shape))) if shape else None
        method = make_method(info.name, sizes, system or SYSTEMS[info.system], encoder)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"checkpoint {folder} describes no method of this version ({error}); train it again"
        ) from error
    check_tensors(Path(folder), checkpoint.tensors, method.state_dict())
    method.load_state_dict(checkpoint.tensors)
    return StoredMethod(method.eval(), info, checkpoint.sha256)


def tuples(document: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists where configurations have tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
