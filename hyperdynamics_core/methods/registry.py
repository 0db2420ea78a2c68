"""Methods by name: every method of a table is made, saved and loaded here, whatever it does inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.direct import Direct
from hyperdynamics_core.methods.hyperdynamics import HyperDynamics
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.xyz import XYZ
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System

Maker = Callable[[MethodConfig, System, "nn.Module | None"], LearnedMethod]


def _direct_large(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    return Direct(enlarge(config, system), system, shape_encoder, name="direct-large")


MAKERS: dict[str, Maker] = {
    "hyperdynamics": HyperDynamics,
    "direct": Direct,
    "direct-large": _direct_large,
    "xyz": lambda config, system, _: XYZ(config, system),
}
"""How each method is made; add a line to add a method."""

BLIND_METHODS = frozenset({"xyz"})
"""Methods that take no shape encoder."""


def make_method(
    name: str, config: MethodConfig, system: System = PUSH, shape_encoder: nn.Module | None = None
) -> LearnedMethod:
    """Build an untrained method; blind ones leave shape_encoder alone.

    Raises:
        ValueError: an unknown name, or an encoder missing where config.n_vis asks for one.
    """
    if name not in MAKERS:
        raise ValueError(f"unknown method {name!r}; known are {', '.join(sorted(MAKERS))}")
    method = MAKERS[name](config, system, shape_encoder)
    method.requested_config = config
    return method


def enlarge(config: MethodConfig, system: System) -> MethodConfig:
    """Direct's sizes with as many parameters as HyperDynamics of this config: as many hidden layers, wider."""
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    n_code = config.n_int + config.n_vis
    expert = ExpertArchitecture((n_in, *config.hidden_sizes, n_out))
    wanted = (config.hypernetwork_hidden + 1) * expert.n_weights + (n_code + 1) * config.hypernetwork_hidden
    width, depth = max(config.hidden_sizes), len(config.hidden_sizes)
    while ExpertArchitecture((n_in + n_code, *[width] * depth, n_out)).n_weights < wanted:
        width += 1
    return replace(config, hidden_sizes=(width,) * depth)
