"""Going on with a trained model on other pushes: what must agree, and what is taken from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.storage import StoredMethod, load_method
from hyperdynamics_core.training.push_config import PushTrainConfig


def load_start(config: PushTrainConfig) -> StoredMethod | None:
    """The model that the run goes on with; None: it starts from nothing.

    Raises:
        CheckpointError: it cannot be used.
        ValueError: it is of another method or of other sizes than asked for.
    """
    if config.start is None:
        return None
    stored = load_method(config.start)
    if stored.info.name != config.method:
        raise ValueError(
            f"start {config.start} holds the method {stored.info.name!r}, so {config.method!r} cannot go on from it; "
            f"give method {stored.info.name}, or train without start"
        )
    sizes = stored.method.requested_config
    if config.sizes not in (MethodConfig(), sizes):
        raise ValueError(
            f"start {config.start} has {_differences(config.sizes, sizes)}; leave sizes out, or train without start"
        )
    return stored


def with_sizes(config: PushTrainConfig, start: StoredMethod | None) -> PushTrainConfig:
    """The configuration with the sizes of the model that the run goes on with."""
    return config if start is None else replace(config, sizes=start.method.requested_config)


def check_maps(config: PushTrainConfig, start: StoredMethod, maps: Mapping[str, Any] | None) -> None:
    """Crops are made as those that the model learned to see from.

    Raises:
        ValueError: they are not.
    """
    if start.method.n_vis and None not in (maps, start.maps) and dict(maps or {}) != dict(start.maps or {}):
        raise ValueError(
            f"start {config.start} was trained on feature maps {dict(start.maps or {})}, the crops have "
            f"{dict(maps or {})}; give crops of its settings"
        )


def card_of(config: PushTrainConfig, start: StoredMethod | None) -> str:
    """What the model's card says about where it comes from."""
    if start is None:
        return ""
    data = start.info.data_fingerprint or "unknown"
    return f"\nStarted from `{config.start}`, weights SHA-256 `{start.sha256}`, which had learned from `{data}`.\n"


def _differences(asked: MethodConfig, found: MethodConfig) -> str:
    pairs = vars(asked).items()
    return ", ".join(f"{name} {vars(found)[name]} where {value} is asked for" for name, value in pairs
                     if vars(found)[name] != value)  # fmt: skip
