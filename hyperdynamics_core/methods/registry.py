"""Methods by name: every method of a table is made, saved and loaded here, whatever it does inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.direct import Direct
from hyperdynamics_core.methods.ensemble import Ensemble
from hyperdynamics_core.methods.hyperdynamics import HyperDynamics
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.low_rank import LowRank, n_residual
from hyperdynamics_core.methods.truth import truth_size
from hyperdynamics_core.methods.xyz import XYZ
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System

Maker = Callable[[MethodConfig, System, "nn.Module | None"], LearnedMethod]


def _direct_large(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    return Direct(enlarge(config, system), system, shape_encoder, name="direct-large")


def _recurrent(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    """A global model on [s, a, h]: the GRU's last hidden state h is its code, as long as that state stays."""
    sizes = replace(config, interaction_encoder="gru", n_int=config.encoder_hidden, bounded_code=False)
    return Direct(sizes, system, shape_encoder, name="recurrent")


def _global_large(config: MethodConfig, system: System, _: nn.Module | None) -> LearnedMethod:
    return XYZ(as_large_as_hyperdynamics(config, system), system, name="global-large")


def _low_rank_large(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    """As wide as fits into the number of HyperDynamics' parameters."""
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    n_code, width, depth = config.n_int + config.n_vis, max(config.hidden_sizes), len(config.hidden_sizes)
    wanted = _hypernetwork_size(config, system)
    while _low_rank_size(config, (n_in, *[width + 1] * depth, n_out), n_code) <= wanted:
        width += 1
    return LowRank(replace(config, hidden_sizes=(width,) * depth), system, shape_encoder, name="low-rank-large")


def _low_rank_size(config: MethodConfig, layer_sizes: tuple[int, ...], n_code: int) -> int:
    return ExpertArchitecture(layer_sizes).n_weights + n_residual(config, layer_sizes, n_code)


def _told(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    return Direct(told(config), system, shape_encoder, name="told")


def _told_large(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    sizes = told(as_large_as_hyperdynamics(config, system))
    return Direct(sizes, system, shape_encoder, name="told-large")


def _told_hyperdynamics(config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> LearnedMethod:
    return HyperDynamics(told(config), system, shape_encoder, name="hyperdynamics-told")


def _ensemble(member: str) -> Maker:
    """Members of another method's kind."""

    def make(config: MethodConfig, system: System, _: nn.Module | None) -> LearnedMethod:
        return Ensemble(f"{member}-ensemble", config, system, lambda sizes, of: MAKERS[member](sizes, of, None))

    return make


MAKERS: dict[str, Maker] = {
    "hyperdynamics": HyperDynamics,
    "direct": Direct,
    "direct-large": _direct_large,
    "xyz": lambda config, system, _: XYZ(config, system),
    "recurrent": _recurrent,
    "global": lambda config, system, _: XYZ(config, system, name="global"),
    "global-large": _global_large,
    "global-ensemble": _ensemble("global"),
    "hyperdynamics-ensemble": _ensemble("hyperdynamics"),
    "low-rank": LowRank,
    "low-rank-large": _low_rank_large,
    "low-rank-ensemble": _ensemble("low-rank"),
    "told": _told,
    "told-large": _told_large,
    "hyperdynamics-told": _told_hyperdynamics,
}
"""How each method is made; add a line here and to one of the lists below to add a method."""

PUSH_METHODS = ("direct", "direct-large", "hyperdynamics", "xyz")
"""Methods for pushing."""
LEGGED_METHODS = (
    "direct", "direct-large", "global", "global-ensemble", "global-large", "hyperdynamics", "hyperdynamics-ensemble",
    "hyperdynamics-told", "low-rank", "low-rank-ensemble", "low-rank-large", "recurrent", "told", "told-large",
)  # fmt: skip
"""Methods for every other system. The told ones are given the true hidden values: references, not competitors."""

BLIND_METHODS = frozenset({"xyz", "global", "global-ensemble", "global-large"})
"""Methods that take no shape encoder."""
TOLD_METHODS = frozenset({"hyperdynamics-told", "told", "told-large"})
"""Methods that need ``MethodConfig.truth_choices`` and the truth in their context."""


def methods_for(system: System) -> tuple[str, ...]:
    """Names of the methods that are made for a system."""
    return PUSH_METHODS if system.name == PUSH.name else LEGGED_METHODS


def make_method(
    name: str, config: MethodConfig, system: System = PUSH, shape_encoder: nn.Module | None = None
) -> LearnedMethod:
    """Build an untrained method; blind ones leave shape_encoder alone.

    Raises:
        ValueError: an unknown name, an encoder missing where config.n_vis asks for one, or truth_choices for one
            that is told the truth.
    """
    if name not in methods_for(system):
        raise ValueError(f"unknown method {name!r}; known are {', '.join(methods_for(system))}")
    method = MAKERS[name](config, system, shape_encoder)
    method.requested_config = config
    return method


def told(config: MethodConfig) -> MethodConfig:
    """The same sizes with the true hidden values for a code."""
    return replace(
        config, interaction_encoder="truth", n_int=max(1, truth_size(config.truth_choices)), auxiliary_physics=False
    )


def enlarge(config: MethodConfig, system: System) -> MethodConfig:
    """Direct's sizes with as many parameters as HyperDynamics of this config: as many hidden layers, wider.

    The encoders are left out: both methods have them.
    """
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    return _widened(config, n_in + config.n_int + config.n_vis, n_out, _hypernetwork_size(config, system))


def _hypernetwork_size(config: MethodConfig, system: System) -> int:
    """Parameters of HyperDynamics but for its encoders."""
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    expert, n_code = ExpertArchitecture((n_in, *config.hidden_sizes, n_out)), config.n_int + config.n_vis
    return (config.hypernetwork_hidden + 1) * expert.n_weights + (n_code + 1) * config.hypernetwork_hidden


def as_large_as_hyperdynamics(config: MethodConfig, system: System) -> MethodConfig:
    """Sizes of one global network with as many parameters as HyperDynamics has, its interaction encoder included."""
    like = HyperDynamics(replace(config, n_vis=0), system, None)
    wanted = sum(parameter.numel() for parameter in like.parameters())
    return _widened(config, len(system.feature_dimensions), len(system.delta_dimensions), wanted)


def _widened(config: MethodConfig, n_in: int, n_out: int, wanted: int) -> MethodConfig:
    width, depth = max(config.hidden_sizes), len(config.hidden_sizes)
    while ExpertArchitecture((n_in, *[width] * depth, n_out)).n_weights < wanted:
        width += 1
    return replace(config, hidden_sizes=(width,) * depth)
