"""Checkpoints are folders: ``weights.safetensors``, ``model.json`` and, for people, ``CARD.md``. No pickle.

``model.json`` holds what is needed to build the network again and to trust it: kind, architecture, statistics, system,
the training data's fingerprint, metrics, and two SHA-256: of the weights, and of everything else in the file. A folder
is written under a temporary name and then renamed, so that a reader finds either the old checkpoint or the new one,
whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

FORMAT = 1
WEIGHTS, MODEL, CARD = "weights.safetensors", "model.json", "CARD.md"
DOCUMENT_HASH = "document_sha256"
_HASHES = ("format", "sha256", DOCUMENT_HASH)


class CheckpointError(ValueError):
    """A checkpoint that cannot be used, with the reason and the remedy."""


@dataclass(frozen=True)
class ModelInfo:
    """What stands in model.json beside the hash."""

    kind: str
    """What the weights are: ``method``, ``perception`` or ``training-state``."""
    name: str
    """Which one of its kind, e.g. ``hyperdynamics``."""
    system: str
    """Name of the system that it was trained for."""
    architecture: Mapping[str, Any]
    """Everything that fixes the network's shape, as JSON."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Configuration of the training run, as JSON."""
    statistics: Mapping[str, Any] = field(default_factory=dict)
    """Means and deviations of the training data, for people; the weights hold the ones that are used."""
    data_fingerprint: str = ""
    """Fingerprint of the training data."""
    physics_fingerprint: str = ""
    """Of the simulator that the training data came from; empty: not known. Data of other physics are refused."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """Held-out figures at the time of saving."""


@dataclass(frozen=True)
class Checkpoint:
    """A loaded and verified checkpoint."""

    tensors: dict[str, Tensor]
    """By parameter or buffer name."""
    info: ModelInfo
    """See ``ModelInfo``."""
    sha256: str
    """Of weights.safetensors: the model's fingerprint, as messages carry it."""


def save_checkpoint(folder: Path, tensors: Mapping[str, Tensor], info: ModelInfo, card: str = "") -> str:
    """Write a checkpoint folder, replacing an older one only when the new one is whole. Returns the SHA-256.

    ``card`` is appended to the generated CARD.md.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, fresh / WEIGHTS)
    sha256 = _sha256(fresh / WEIGHTS)
    document = {"format": FORMAT, "sha256": sha256, **asdict(info)}
    document[DOCUMENT_HASH] = document_sha256(document)
    (fresh / MODEL).write_text(json.dumps(document, indent=1) + "\n")
    (fresh / CARD).write_text(_card(info, sha256) + card)
    # safetensors lets nobody else read what it writes; the umask says who may.
    (fresh / WEIGHTS).chmod((fresh / MODEL).stat().st_mode)
    _replace_folder(fresh, folder)
    return sha256


def load_checkpoint(folder: Path, kind: str, system: str | None = None) -> Checkpoint:
    """Read and verify a checkpoint folder of one kind, for one system where given.

    Raises:
        CheckpointError: missing, truncated, tampered with, or of another kind or system.
    """
    folder = Path(folder)
    document = _read_document(folder)
    info = _info(folder, document)
    for what, found, wanted in (("kind", info.kind, kind), ("system", info.system, system)):
        if wanted is not None and found != wanted:
            raise CheckpointError(
                f"checkpoint {folder} is of {what} {found!r}, but {wanted!r} is needed; "
                f"give the folder of a {wanted} checkpoint"
            )
    sha256 = _sha256(folder / WEIGHTS)
    if sha256 != document.get("sha256"):
        raise CheckpointError(
            f"checkpoint {folder}: {WEIGHTS} has SHA-256 {sha256[:12]}..., but {MODEL} says "
            f"{str(document.get('sha256'))[:12]}...; it is truncated or was changed: copy it again or train it again"
        )
    try:
        tensors = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise CheckpointError(f"checkpoint {folder}: {WEIGHTS} cannot be read ({error}); copy it again") from error
    return Checkpoint(tensors, info, sha256)


def check_tensors(folder: Path, tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """Raise CheckpointError unless names and shapes are those of the network that ``model.json`` describes."""
    missing, foreign = sorted(expected.keys() - tensors.keys()), sorted(tensors.keys() - expected.keys())
    wrong = [name for name in expected.keys() & tensors.keys() if expected[name].shape != tensors[name].shape]
    if missing or foreign or wrong:
        raise CheckpointError(
            f"checkpoint {folder}: weights do not fit the architecture in {MODEL} (missing {missing[:4]}, unknown "
            f"{foreign[:4]}, of another shape {sorted(wrong)[:4]}); it was written by another version: train it again"
        )


def _read_document(folder: Path) -> dict[str, Any]:
    for name in (MODEL, WEIGHTS):
        if not (folder / name).is_file():
            raise CheckpointError(
                f"no checkpoint at {folder}: {name} is missing; give a folder that holds {WEIGHTS} and {MODEL}"
            )
    try:
        document = json.loads((folder / MODEL).read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(f"checkpoint {folder}: {MODEL} is not JSON ({error}); copy it again") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else None
        raise CheckpointError(
            f"checkpoint {folder}: {MODEL} has format {found!r}, this version reads {FORMAT}; it comes from another "
            "program or version: give another folder, or train it again"
        )
    if document.get(DOCUMENT_HASH) != document_sha256(document):
        what = f"is not what its {DOCUMENT_HASH} says" if DOCUMENT_HASH in document else f"has no {DOCUMENT_HASH}"
        raise CheckpointError(
            f"checkpoint {folder}: {MODEL} {what}; it was changed by hand: copy it again or train it again"
        )
    return document


def document_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of what stands in ``model.json``, itself left out."""
    others = {name: value for name, value in document.items() if name != DOCUMENT_HASH}
    return hashlib.sha256(json.dumps(json.loads(json.dumps(others)), sort_keys=True).encode()).hexdigest()


def _info(folder: Path, document: Mapping[str, Any]) -> ModelInfo:
    try:
        return ModelInfo(**{name: value for name, value in document.items() if name not in _HASHES})
    except TypeError as error:
        raise CheckpointError(
            f"checkpoint {folder}: {MODEL} lacks or has unknown fields ({error}); copy it again"
        ) from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace_folder(fresh: Path, folder: Path) -> None:
    """Renaming onto a folder that is not empty fails, so the old one steps aside first."""
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.old.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        os.replace(folder, aside)
    os.replace(fresh, folder)
    shutil.rmtree(aside, ignore_errors=True)


def _card(info: ModelInfo, sha256: str) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in info.metrics.items()) or "| none | |"
    return (
        f"# {info.name} ({info.kind}, system {info.system})\n\n"
        f"Weights SHA-256: `{sha256}`  \nTraining data: `{info.data_fingerprint or 'none'}`\n\n"
        f"| held-out figure | value |\n|---|---|\n{rows}\n\n"
        f"Configuration of the run and architecture: `{MODEL}`. Licence: Apache-2.0.\n"
    )
