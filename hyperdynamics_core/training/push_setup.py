"""Builds what a training run on pushes needs: data, networks, sources of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.push_samples import PushSamples, layout
from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.data.statistics import fit_normalisation
from hyperdynamics_core.data.trajectories import load_datasets
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import StoredMethod
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.training.code_table import code_table
from hyperdynamics_core.training.detection_loss import DetectorLoss
from hyperdynamics_core.training.push_config import PushTrainConfig
from hyperdynamics_core.training.push_start import check_maps
from hyperdynamics_core.training.shape_sources import CropSampler, FrozenShapes, LiveShapes, ShapeSource
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception, PerceptionNetworks


@dataclass(frozen=True)
class Networks:
    """The method and, beside it, the perception that it shares the shape encoder with."""

    method: LearnedMethod
    """What predicts motion."""
    perception: Perception | None
    """Detector, shape encoder and decoder; None for blind methods."""


def check_device(name: str) -> None:
    """Raise ValueError where torch cannot compute on that device."""
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0][:160]
        raise ValueError(f"device is {name!r}, where torch cannot compute ({reason}); give cpu or another") from error


def make_networks(
    config: PushTrainConfig, samples: PushSamples, pools: Sequence[CropPool], start: StoredMethod | None = None
) -> Networks:
    """Networks from the seed, perception from its checkpoint where one is given, or all of a model that learned before.

    Raises:
        ValueError: a method that sees without crops to see, or a perception that does not fit the crops or sizes.
        CheckpointError: the perception checkpoint cannot be used.
    """
    torch.manual_seed(config.seed)
    perception = None
    if config.sees:
        if not pools:
            raise ValueError(f"{config.method} sees the object: give crop pools (crops), or set sizes.n_vis to 0")
        perception = _perception(config, pools) if start is None else _started_perception(config, pools, start)
    if start is not None:
        start.method.train()
        if start.method.shape_encoder is not None:
            start.method.shape_encoder.requires_grad_(config.fine_tune_encoder)
        return Networks(start.method.to(config.device), perception)
    encoder = perception.networks.encoder if perception is not None else None
    method = make_method(config.method, config.sizes, PUSH, encoder)
    method.normaliser.set(fit_normalisation(samples.features, samples.delta))
    if encoder is not None:
        encoder.requires_grad_(config.fine_tune_encoder)
    return Networks(method.to(config.device), perception)


def _perception(config: PushTrainConfig, pools: Sequence[CropPool]) -> Perception:
    maps = MapConfig(**(map_settings(pools) or {}))
    if config.perception is None:
        shape = ShapeConfig(in_channels=maps.crop_channels, code_size=config.sizes.n_vis)
        return Perception(PerceptionNetworks(DetectorConfig(), shape), maps)
    perception = Perception.load(config.perception)
    shape = perception.networks.encoder.config
    if (shape.code_size, perception.maps) != (config.sizes.n_vis, maps):
        raise ValueError(
            f"perception {config.perception} has codes of {shape.code_size} and {perception.maps}; the method wants "
            f"{config.sizes.n_vis} and the crops have {maps}: set sizes.n_vis, or give crops of the same settings"
        )
    return perception


def _started_perception(config: PushTrainConfig, pools: Sequence[CropPool], start: StoredMethod) -> Perception | None:
    """Detector and decoder beside a trained model's own shape encoder; None where neither L_det nor L_vp takes part."""
    check_maps(config, start, map_settings(pools))
    if max(config.weights.view, config.weights.detection) == 0.0:
        return None
    perception = _perception(config, pools)
    assert isinstance(start.method.shape_encoder, ShapeEncoder)
    perception.networks.encoder = start.method.shape_encoder
    return perception


def make_detection(config: PushTrainConfig, perception: Perception | None) -> DetectorLoss | None:
    """L_det on the configured scenes; None where it has no weight.

    Raises:
        ValueError: it has weight, but there are no scenes or nothing that sees.
    """
    if config.weights.detection == 0:
        return None
    if perception is None or config.scenes is None:
        raise ValueError("weights.detection above 0 needs scenes, and a method that sees; set it to 0 otherwise")
    detector = perception.networks.detector.train()
    return DetectorLoss(detector, ScenePool.open(config.scenes), perception.maps).to(config.device)


def open_pools(config: PushTrainConfig) -> tuple[CropPool, ...]:
    """The crop pools. Raises ValueError where their feature maps were made differently."""
    pools = tuple(CropPool.open(folder) for folder in config.crops)
    for pool, folder in zip(pools, config.crops, strict=True):
        if pool.meta.get("maps") != pools[0].meta.get("maps"):
            raise ValueError(f"{folder} has feature maps of other settings than {config.crops[0]}; render it again")
    return pools


def map_settings(pools: Sequence[CropPool]) -> Mapping[str, Any] | None:
    """Settings of the feature maps that the pools hold."""
    return dict(pools[0].meta["maps"]) if pools and "maps" in pools[0].meta else None


def check_known(config: PushTrainConfig, samples: PushSamples, pools: Sequence[CropPool]) -> None:
    """No loss compares with what nobody knows: the hidden values or the true masks of what was recorded.

    Raises:
        ValueError: one would.
    """
    if config.weights.physics > 0 and not samples.hidden_known:
        folders = ", ".join(map(str, config.data))
        raise ValueError(
            f"weights.physics is {config.weights.physics}, but mass and friction are not known of all of {folders}, "
            "recorded without a simulator's scene; set it to 0, or learn from collected data"
        )
    if config.weights.view > 0:
        shapes = [CropPool.open(config.shape_crops)] if config.shape_crops is not None else []
        for pool in (*pools, *shapes):
            pool.require_masks()


def shape_source(
    config: PushTrainConfig, method: LearnedMethod, sampler: CropSampler | None, quiet: bool = True
) -> ShapeSource | None:
    """Where codes come from: computed once for a frozen encoder, anew for one that learns."""
    if sampler is None or method.shape_encoder is None:
        return None
    if config.fine_tune_encoder:
        return LiveShapes(method.shape_encoder, sampler)
    return FrozenShapes(code_table(method.shape_encoder, sampler, cache=config.crops[0], quiet=quiet))


def make_sampler(
    config: PushTrainConfig, pools: Sequence[CropPool], samples: PushSamples, method: LearnedMethod
) -> CropSampler | None:
    """Crops of a data set's objects; None for a blind method."""
    return CropSampler(pools, samples.object_names, config.device) if method.shape_encoder is not None else None


def load_samples(folders: Sequence[Path]) -> PushSamples:
    """Trajectories laid out for learning. Raises what ``load_datasets`` raises."""
    return layout(load_datasets(folders))
