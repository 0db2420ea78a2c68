"""The one interface of all methods: evidence in, experts out."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from hyperdynamics_core.methods.context import Context, ObjectMap, ShapeCode
from hyperdynamics_core.methods.experts import ExpertBank, Experts
from hyperdynamics_core.systems.system import System

N_YAWS = 72
"""Default number of yaws of a shape table or expert bank: every 5 degrees."""


class Method(nn.Module, ABC):
    """HyperDynamics and every method it is compared with."""

    name: str
    system: System

    @abstractmethod
    def encode_interactions(self, context: Context) -> Tensor:
        """z_int [n_int] of the context's interactions; zeros where the method ignores them or there are none."""

    @abstractmethod
    def see(self, crop: ObjectMap, exact: bool = False, n_yaws: int = N_YAWS) -> ShapeCode | None:
        """z_vis over yaw: a table of n_yaws codes, or re-encoded at every call when exact. None: method is blind."""

    @abstractmethod
    def generate(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """Flat weights [B, n_weights], normalisation folded in, from z_int [B, n_int] and z_vis [B, n_vis]."""

    @abstractmethod
    def adapt(self, context: Context) -> Experts:
        """Experts for the observed system, exact at every yaw if the context's shape code is."""

    @abstractmethod
    def bank(self, context: Context, n_yaws: int = N_YAWS) -> ExpertBank:
        """The same as ready weights, one expert a yaw: what the ExpertWeights message carries."""
