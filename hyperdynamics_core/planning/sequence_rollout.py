"""The hot loop of every planner for legs (section 3.3): one expert unrolled over many action sequences at once.

Two ways with the same results to float32 rounding: ``NativeRollout`` (C++) and ``ExpertRollout`` (PyTorch). The
environment variable ``HYPERDYNAMICS_ROLLOUT`` chooses: ``auto`` (the default) takes C++ where its library loads.
It is no setting of a planner: it changes how fast a plan is, not which one, and runs of other machines must resume.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.native.choice import wanted_library
from hyperdynamics_core.native.library import ROLLOUT, load
from hyperdynamics_core.planning.ensemble_rollout import EnsembleRollout
from hyperdynamics_core.planning.expert_rollout import ExpertRollout
from hyperdynamics_core.planning.native_rollout import NativeRollout
from hyperdynamics_core.systems.legged import LeggedSystem


class Rollout(Protocol):
    """Predicted states and returns of action sequences; results are valid until the next call."""

    def __call__(self, state: Tensor, actions: Tensor, experts: ExpertBank) -> tuple[Tensor, Tensor]:
        """Unroll the bank's expert, or those of its members, from state [n_s] over actions [K, H, n_a].

        Returns:
            States [H + 1, K, n_s], or [2, K, n_s] where only the first and the last are kept, a view of a buffer; and
            returns [K]: minus infinity where a prediction is not finite.

        Raises:
            ValueError: experts of another system or of other sizes, or for several yaws, or actions of another horizon.
        """
        ...


class UprightRollout:
    """A ``Rollout`` whose returns are less the price of a tilted end."""

    def __init__(self, rollout: Rollout, system: LeggedSystem, price: float) -> None:
        """price: of ``LeggedSystem.lean`` of the last state."""
        self._rollout, self._system, self._price = rollout, system, price

    def __call__(self, state: Tensor, actions: Tensor, experts: ExpertBank) -> tuple[Tensor, Tensor]:
        """See ``Rollout``."""
        states, returns = self._rollout(state, actions, experts)
        price = self._price * self._system.lean(states[-1])
        return states, torch.where(torch.isneginf(returns), returns, returns - price)


def make_rollout(
    system: LeggedSystem,
    horizon: int,
    keep_all: bool = True,
    mode: str | None = None,
    upright: float = 0.0,
    shortlist: float = 1.0,
) -> Rollout:
    """The rollout that ``mode`` asks for, one of ``MODES``; None: the environment variable's.

    Args:
        system: whose state update and reward.
        horizon: steps of a sequence.
        keep_all: False: only the first and the last state are kept.
        upright: price of a sequence that ends tilted, see ``SequencePlannerConfig``.
        shortlist: share of the sequences that all of an ensemble's members are asked about, likewise.
        mode: auto falls back on torch, with one line in the log, where the native library does not load.

    Raises:
        ValueError: an unknown mode.
        NativeLibraryError: native was asked for, but there is no library that loads.
    """

    def member(keep: bool) -> Rollout:
        rollout = _member_rollout(system, horizon, keep, mode)
        return UprightRollout(rollout, system, upright) if upright > 0.0 else rollout

    return EnsembleRollout(member(keep_all), lambda: member(False), shortlist)


def _member_rollout(system: LeggedSystem, horizon: int, keep_all: bool, mode: str | None) -> Rollout:
    library = wanted_library(ROLLOUT, "planning", load, mode)
    if library is None:
        return ExpertRollout(system, horizon, keep_all)
    return NativeRollout(system, horizon, keep_all, library=library)
