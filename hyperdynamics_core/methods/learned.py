"""What HyperDynamics, XYZ and Direct share: encoders, normalisation, and the way from evidence to experts."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Context, Interactions, ObjectMap, ShapeCode
from hyperdynamics_core.methods.experts import ExpertBank, Experts
from hyperdynamics_core.methods.interaction_steps import interaction_features, interaction_steps, step_inputs
from hyperdynamics_core.methods.method import N_YAWS, Method
from hyperdynamics_core.methods.normaliser import Normaliser
from hyperdynamics_core.methods.shape_codes import ExactShape, ShapeTable
from hyperdynamics_core.methods.truth import TruthCode, truth_size
from hyperdynamics_core.networks.expert import ExpertArchitecture, fold_normalisation, with_input_map
from hyperdynamics_core.networks.interaction_encoder import (
    FEATURE_ENCODERS,
    N_PHYSICS,
    InteractionEncoder,
    make_interaction_encoder,
)
from hyperdynamics_core.networks.one_row import view
from hyperdynamics_core.systems.push import ORIENTATION
from hyperdynamics_core.systems.rotations import yaw_of
from hyperdynamics_core.systems.system import System

NO_CODE, ONE_YAW = torch.zeros(1, 0), torch.zeros(1)


class LearnedMethod(Method):
    """A method whose predictions depend on codes z_int [B, n_int] and z_vis [B, n_vis] (either may be of size 0)."""

    requested_config: MethodConfig
    """What the method was asked for by name; its own config may be larger (direct-large)."""

    def __init__(self, name: str, config: MethodConfig, system: System, shape_encoder: nn.Module | None) -> None:
        """shape_encoder maps feature maps [B, C, Z, Y, X] to z_vis [B, n_vis].

        Raises:
            ValueError: a visual code without an encoder, or the reverse.
        """
        super().__init__()
        if (config.n_vis > 0) != (shape_encoder is not None):
            raise ValueError(f"n_vis is {config.n_vis}, so a shape encoder is {'' if config.n_vis else 'not '}needed")
        self.name, self.config, self.system = name, config, system
        self.requested_config = config
        n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
        self.architecture = ExpertArchitecture(
            (n_in, *config.hidden_sizes, n_out), config.activation, config.input_clamp
        )
        self.network = self.architecture.unclamped
        """What runs on normalised inputs; ``architecture`` is what is emitted, ready for physical units."""
        self.normaliser = Normaliser(n_in, n_out, config.input_clamp)
        self.shape_encoder = shape_encoder
        told = config.interaction_encoder == "truth"
        self.truth_code = TruthCode(config.truth_choices) if told else None
        self.interaction_encoder = None if told else self._make_encoder(n_in, n_out)
        taught = config.auxiliary_physics and config.truth_choices and self.interaction_encoder is not None
        self.physics_code = TruthCode(config.truth_choices) if taught else None
        """What the encoder's auxiliary head is to tell of a legged system's hidden values, in training alone."""

    def _make_encoder(self, n_in: int, n_out: int) -> InteractionEncoder | None:
        config = self.config
        self.reads_differences = config.interaction_encoder not in FEATURE_ENCODERS
        encoder = make_interaction_encoder(
            config.interaction_encoder,
            n_in + n_out * self.reads_differences,
            config.n_int,
            config.n_interactions,
            self._n_physics,
            config.encoder_hidden,
        )
        if encoder is not None:
            encoder.bounded = config.bounded_code
        return encoder

    @property
    def _n_physics(self) -> int:
        config = self.config
        return (truth_size(config.truth_choices) or N_PHYSICS) if config.auxiliary_physics else 0

    def parts(self) -> tuple[LearnedMethod, ...]:
        """What learns for itself: the method, or an ensemble's members."""
        return (self,)

    @property
    def n_int(self) -> int:
        """Size of z_int; 0 where the method ignores interactions altogether."""
        return self.config.n_int

    @property
    def n_vis(self) -> int:
        """Size of z_vis; 0 where the method is blind."""
        return self.config.n_vis

    @abstractmethod
    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """Normalised deltas [B, n_out] from codes [B, n_int], [B, n_vis] and normalised features [B, n_in]."""

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """The same for groups that share a code [B, n_int], [B, n_vis]: a function of inputs [B, G, n_in] that returns
        [B, G, n_out], to be called as often as one likes."""

        def run(inputs: Tensor) -> Tensor:
            count = inputs.shape[1]
            codes = (code.repeat_interleave(count, dim=0) for code in (z_int, z_vis))
            outputs: Tensor = self(*codes, inputs.flatten(0, 1))
            return outputs.view(len(inputs), count, -1)

        return run

    @abstractmethod
    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """Flat weights [B, P] of the experts that ``forward`` runs, normalisation not yet folded in."""

    def interaction_code(self, features: Tensor, differences: Tensor, mask: Tensor | None = None) -> Tensor:
        """z_int [B, n_int] from oriented steps in physical units, [B, k, n_in] and [B, k, n_out]; mask [B, k]."""
        if self.interaction_encoder is None:
            return features.new_zeros(len(features), self.n_int)
        steps = self.normaliser.inputs(features)
        if self.reads_differences:
            steps = step_inputs(steps, self.normaliser.outputs(differences))
        code: Tensor = self.interaction_encoder(steps, mask)
        return code

    def encode_interactions(self, context: Context) -> Tensor:
        """See ``Method.encode_interactions``; steps are turned to the yaw at which the shape was seen.

        A method that is told the truth makes its code of that; zeros where it is not known.
        """
        if self.truth_code is not None:
            return torch.zeros(self.n_int) if context.truth is None else self.truth_code(context.truth).detach()
        needed = self.config.n_interactions if self.config.full_window else 1
        if context.interactions is None or len(context.interactions.states) < needed:
            return torch.zeros(self.n_int)
        yaw = context.shape.reference_yaw if context.shape is not None else None
        return self._code_of(context.interactions, yaw)

    def _code_of(self, interactions: Interactions, yaw: float | None) -> Tensor:
        encoder = self.interaction_encoder
        if encoder is None or self.reads_differences or interactions.states.device.type != "cpu":
            with torch.inference_mode():
                features, differences = interaction_steps(self.system, interactions, yaw)
                return self.interaction_code(features.unsqueeze(0), differences.unsqueeze(0))[0]
        rows = self.normaliser.input_rows(view(interaction_features(self.system, interactions, yaw)))
        return torch.from_numpy(encoder.code_of(rows))

    @torch.inference_mode()
    def see(self, crop: ObjectMap, exact: bool = False, n_yaws: int = N_YAWS) -> ShapeCode | None:
        """See ``Method.see``."""
        if self.shape_encoder is None:
            return None
        return ExactShape(self.shape_encoder, crop) if exact else ShapeTable.encode(self.shape_encoder, crop, n_yaws)

    @torch.inference_mode()
    def generate(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``Method.generate``."""
        weights = self.normalised_weights(z_int, z_vis)
        weights = with_input_map(weights, self.architecture)
        return fold_normalisation(weights, self.architecture, self.normaliser.normalisation)

    def adapt(self, context: Context) -> Experts:
        """See ``Method.adapt``. Raises ValueError where the method needs a shape and the context has none."""
        if self.n_vis == 0:
            return self.bank(context)
        return AdaptedExperts(self, self.encode_interactions(context), self._shape(context))

    @torch.inference_mode()
    def bank(self, context: Context, n_yaws: int = N_YAWS) -> ExpertBank:
        """See ``Method.bank``. Raises ValueError where the method needs a shape and the context has none."""
        z_int = self.encode_interactions(context)
        if self.n_vis == 0:
            return ExpertBank(self.system, self.architecture, self.generate(z_int[None], NO_CODE), ONE_YAW)
        shape, yaws = self._shape(context), torch.arange(n_yaws) * (math.tau / n_yaws)
        weights = self.generate(z_int.expand(n_yaws, self.n_int), shape.at(yaws))
        return ExpertBank(self.system, self.architecture, weights, yaws, shape.reference_yaw)

    def _shape(self, context: Context) -> ShapeCode:
        if context.shape is None:
            raise ValueError(
                f"{self.name} needs the object's shape, but the context has none; look at the object first (see())"
            )
        return context.shape


@dataclass(frozen=True)
class AdaptedExperts:
    """Experts that are never written out: each state's own one is evaluated from its codes (section 3.3)."""

    method: LearnedMethod
    """Who predicts."""
    z_int: Tensor
    """[n_int]."""
    shape: ShapeCode
    """z_vis over yaw."""

    @torch.inference_mode()
    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        """See ``Experts.predict``."""
        z_vis = self.shape.at(yaw_of(state[..., ORIENTATION]) - self.shape.reference_yaw)
        inputs = self.method.normaliser.inputs(self.method.system.features(state, action))
        outputs = self.method(self.z_int.expand(len(state), -1), z_vis, inputs)
        return self.method.normaliser.physical(outputs)
